/**
 * How bytes travel: the two ends of the protocol, the live feed, the ingress, keys.
 *
 * @module @bitten/transport
 */
export { BodyWriter, joinBodies, joinEvents, oneLine, splitBytes, splitEvents } from './bodies.js';
export { BusClient } from './client.js';
export type {
  BusClientOptions,
  CursorOptions,
  FetchOptions,
  LastValuesOptions,
  PublishBatch,
  ReplayOptions,
  RequestOptions,
} from './client-options.js';
export type { ListenOptions } from './doors/door.js';
export { ExposedError, isLoopback } from './doors/exposure.js';
export { type DoorName, Guard, type GuardOptions, type Refusal, type Refusals } from './doors/guard.js';
export {
  BacklogFullError,
  BadReplyError,
  BadRequestError,
  BindError,
  ClientClosedError,
  ConnectionLostError,
  CountError,
  DeadlineError,
  KeyRefusedError,
  NotConnectedError,
  NotUtf8Error,
  OutOfSequenceError,
  PortInUseError,
  PositionBeyondEndError,
  RemoteError,
  SlowDownError,
  UnavailableError,
} from './errors.js';
export { Ingress, type IngressOptions } from './ingress.js';
export {
  type AllowedKey,
  AllowList,
  addToAllowList,
  readAllowList,
  removeFromAllowList,
} from './keys/allow-list.js';
export {
  createClientKey,
  createServerKey,
  keyFilesIn,
  readClientKey,
  readServerKey,
} from './keys/key-files.js';
export { type ClientKey, KeyFileError, type KeyPair, makeKeyPair } from './keys/key-pair.js';
export { LiveFeed } from './live-feed.js';
export {
  type BusStats,
  type CursorCommitRequest,
  type CursorDeleteRequest,
  type CursorInfo,
  type CursorListRequest,
  type CursorOpenRequest,
  type CursorPlace,
  type CursorResetRequest,
  type DoorStats,
  type EventFilter,
  type FailureReply,
  type FetchReply,
  type FetchRequest,
  type HelloReply,
  type HelloRequest,
  type LastValuesReply,
  type LastValuesRequest,
  type LogName,
  type Op,
  type PingRequest,
  type PlacementRun,
  type Position,
  type ProducerRequest,
  type PublishReply,
  type PublishRequest,
  protocolVersion,
  type ReceiptLevel,
  type RejectedEvent,
  type ReplayReply,
  type ReplayRequest,
  type Replies,
  type Reply,
  type Request,
  type SeqRun,
  type StatsRequest,
  type SuccessReply,
  type WireError,
} from './messages.js';
export type { Peer, PeerId } from './peers.js';
export type { RateLimits } from './rates.js';
export { decodeReply, encodeReply, type ReplyHeader, readReply } from './replies.js';
export { decodeRequest, encodeRequest } from './requests.js';
export {
  BusServer,
  type BusServerOptions,
  type Handle,
  type Respond,
  type ServerCounters,
} from './server.js';
export type { Status } from './status.js';
