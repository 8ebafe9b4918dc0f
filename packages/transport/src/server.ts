import { limits } from '@bitten/schema';
import { Router } from 'zeromq';
import { Door, type ListenOptions } from './doors/door.js';
import { BadRequestError } from './errors.js';
import { frame_bytes_max } from './frames.js';
import type { FetchRequest, LastValuesRequest, Reply, Request, WireError } from './messages.js';
import { type Peer, type PeerId, Peers } from './peers.js';
import { ClientRates, noLimits, type RateLimits } from './rates.js';
import { failLoudly, receiveAll } from './receiving.js';
import { encodeReply, isPage, withMark } from './replies.js';
import { decodeRequest } from './requests.js';
import { isSmall, UnreadReplies, unread_replies_max, unreadBounds } from './unread.js';

/** Answers one request, once; a second call is ignored. Never throws, also when the client has gone. */
export type Respond = (reply: Reply) => void;

/**
 * Serves one request. It may answer at once or later, but must answer exactly once. All requests that are ready
 * are handed over before a `setImmediate` fires (see receiving.ts).
 */
export type Handle = (request: Request, peer: PeerId, respond: Respond) => void;

export interface BusServerOptions extends ListenOptions {
  handle: Handle;
  /** Told when `handle` throws; the client is answered `internal`. Default: the error stops the process. */
  onError?: (error: unknown) => void;
  /** What each client may publish. Default: as much as it can. */
  limits?: RateLimits | undefined;
}

export interface ServerCounters {
  requests: number;
  /** Requests answered with an error of this package: a bad header, an unknown op, a body too large. */
  refused: number;
  /** Messages that were no requests at all: nobody could be answered. */
  malformed: number;
  /** Replies that found their client gone, or not reading. */
  undelivered: number;
  /** Requests answered `slow_down`. */
  slowed: number;
}

/** Frames wait in memory before they are read: a client's own bound on unanswered publishes is the right one. */
const unread_requests_max = limits.publishes_outstanding_max;
const heartbeat_ms = 5000;
const linger_ms = 500;
/** When a client that does not read may ask again. */
const unread_retry_ms = 1000;

/** The bus's end of the protocol: a ROUTER that reads requests and sends replies. */
export class BusServer {
  readonly counters: ServerCounters = { requests: 0, refused: 0, malformed: 0, undelivered: 0, slowed: 0 };
  readonly #options: BusServerOptions;
  readonly #peers = new Peers();
  readonly #unread = new UnreadReplies();
  readonly #rates: ClientRates;
  readonly #door: Door<Router>;

  constructor(options: BusServerOptions) {
    this.#options = options;
    this.#rates = new ClientRates(options.limits ?? noLimits);
    this.#door = new Door({
      ...options,
      name: 'bus',
      make: (guarded) =>
        new Router({
          ...guarded,
          // With a timeout of 0 a send either queues at once or fails: it never waits, and so is never busy.
          sendTimeout: 0,
          // A reply to a client that has gone fails instead of vanishing, so that it can be counted.
          mandatory: true,
          linger: linger_ms,
          maxMessageSize: frame_bytes_max,
          receiveHighWaterMark: unread_requests_max,
          sendHighWaterMark: unread_replies_max,
          heartbeatInterval: heartbeat_ms,
          heartbeatTimeout: 3 * heartbeat_ms,
          // The heartbeat is not for one that is there and does not read: it waits behind what is unread.
          tcpMaxRetransmitTimeout: unreadBounds.stalled_ms,
        }),
      onBound: (socket) => {
        this.#unread.clear();
        this.#rates.clear();
        receiveAll(socket, (frames) => this.#receive(frames)).catch(failLoudly);
      },
    });
  }

  /** `tcp://host:port`; empty before `bind`. */
  get endpoint(): string {
    return this.#door.endpoint;
  }

  /** Bytes of replies that clients have not said to have read. */
  get unread_bytes(): number {
    return this.#unread.bytes;
  }

  /** Starts to listen and to serve. Throws `PortInUseError`, `BindError`, `ExposedError`. */
  bind(): Promise<void> {
    return this.#door.open();
  }

  /** Cuts everybody off; who has a key that counts comes back, and asks again for what was not answered. */
  reopen(): Promise<void> {
    return this.#door.reopen();
  }

  /** The clients that have asked for something within the last two minutes. */
  clients(): Peer[] {
    return this.#peers.list(performance.now());
  }

  /** Stops listening; when it resolves, the port is free. Replies on their way still have half a second. */
  close(): Promise<void> {
    return this.#door.close();
  }

  #receive(frames: Buffer[]): void {
    const address = frames.shift();
    if (address === undefined) return;
    let request: Request;
    try {
      request = decodeRequest(frames);
    } catch (error) {
      this.#refuse(address, error);
      return;
    }
    const peer = address.toString('latin1');
    this.counters.requests++;
    this.#peers.saw(peer, performance.now());
    if (request.op === 'hello') this.#peers.name(peer, request.client);
    this.#serve(this.#bounded(request, peer), peer, address);
  }

  /** The request, a page no larger than there is room for. */
  #bounded(request: Request, peer: PeerId): Request {
    if (request.mark !== undefined) this.#unread.read(peer, request.mark);
    if (!asksForPage(request)) return request;
    return { ...request, max_bytes: this.#unread.room(peer, request.max_bytes, performance.now()) };
  }

  #serve(request: Request, peer: PeerId, address: Buffer): void {
    let answered = false;
    const respond = (reply: Reply): void => {
      if (answered) return;
      answered = true;
      if (asksForPage(request)) this.#unread.settled(peer, request.max_bytes);
      this.#answer(address, request.id, reply);
    };
    const wait_ms = this.#wait_ms(request, peer);
    if (wait_ms > 0) return respond(this.#slowDown(wait_ms, 'this client publishes more than it may'));
    try {
      this.#options.handle(request, peer, respond);
    } catch (error) {
      respond({ op: 'error', error: { code: 'internal', message: 'the bus failed to serve this request' } });
      (this.#options.onError ?? failLoudly)(error);
    }
  }

  #refuse(address: Buffer, error: unknown): void {
    if (!(error instanceof BadRequestError)) throw error;
    if (error.id === undefined) {
      this.counters.malformed++;
      return;
    }
    this.counters.refused++;
    this.#answer(address, error.id, { op: 'error', error: describeRefusal(error) });
  }

  /** How long a client has to wait until it may publish this. */
  #wait_ms(request: Request, peer: PeerId): number {
    if (request.op !== 'publish') return 0;
    const { count, body } = request;
    return this.#rates.take(peer, { events: count, bytes: body.length }, performance.now());
  }

  #slowDown(retry_ms: number, message: string): Reply {
    this.counters.slowed++;
    const remedy = `wait ${retry_ms} ms, then send the same again`;
    return { op: 'error', error: { code: 'slow_down', message, retry_ms, remedy } };
  }

  /** A large reply, and every page, carries a mark; where the client reads none of them, it gets no more. */
  #answer(address: Buffer, id: number, reply: Reply): void {
    const [header, body] = encodeReply(id, reply);
    const bytes = header.length + (body?.length ?? 0);
    if (reply.op === 'error' || (!isPage(reply) && isSmall(bytes))) return this.#send(address, header);
    const peer = address.toString('latin1');
    const now = performance.now();
    if (!this.#unread.mayHold(peer, bytes, now)) {
      const message = 'this client does not read what it is sent';
      return this.#send(address, encodeReply(id, this.#slowDown(unread_retry_ms, message))[0]);
    }
    const mark = this.#unread.makeMark();
    this.#unread.sent(peer, { mark, bytes, now });
    this.#send(address, withMark(header, mark), body);
  }

  #send(address: Buffer, header: string, body?: Buffer): void {
    const { socket } = this.#door;
    if (socket === undefined) {
      this.counters.undelivered++;
      return;
    }
    socket.send(body === undefined ? [address, header] : [address, header, body]).catch((error: unknown) => {
      this.counters.undelivered++;
      // Else it is there and does not read.
      if (isGone(error)) this.#unread.forget(address.toString('latin1'));
    });
  }
}

function asksForPage(request: Request): request is Request & (FetchRequest | LastValuesRequest) {
  return request.op === 'fetch' || request.op === 'last_values';
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EHOSTUNREACH';
}

function describeRefusal(error: BadRequestError): WireError {
  const { code, message, found, expected, remedy } = error;
  return {
    code,
    message,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
