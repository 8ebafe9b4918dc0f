import { limits } from '@bitten/schema';
import { Router } from 'zeromq';
import { BadRequestError } from './errors.js';
import { frame_bytes_max } from './frames.js';
import { type ListenOptions, listen, stopListening } from './listening.js';
import type { Reply, Request, WireError } from './messages.js';
import { type Peer, type PeerId, Peers } from './peers.js';
import { failLoudly, receiveAll } from './receiving.js';
import { encodeReply } from './replies.js';
import { decodeRequest } from './requests.js';

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
}

export interface ServerCounters {
  requests: number;
  /** Requests answered with an error of this package: a bad header, an unknown op, a body too large. */
  refused: number;
  /** Messages that were no requests at all: nobody could be answered. */
  malformed: number;
  /** Replies that found their client gone, or not reading. */
  undelivered: number;
}

/** Frames wait in memory before they are read: a client's own bound on unanswered publishes is the right one. */
const unread_requests_max = limits.publishes_outstanding_max;
/** Replies that a client does not read; what is beyond is dropped, and the client's deadline passes. */
const unread_replies_max = 1000;
const heartbeat_ms = 5000;
const linger_ms = 500;

/** The bus's end of the protocol: a ROUTER that reads requests and sends replies. */
export class BusServer {
  readonly counters: ServerCounters = { requests: 0, refused: 0, malformed: 0, undelivered: 0 };
  readonly #options: BusServerOptions;
  readonly #peers = new Peers();
  readonly #socket: Router;
  #endpoint = '';

  constructor(options: BusServerOptions) {
    this.#options = options;
    this.#socket = new Router({
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
    });
  }

  /** `tcp://host:port`; empty before `bind`. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** Starts to listen and to serve. Throws `PortInUseError`, `BindError`. */
  async bind(): Promise<void> {
    this.#endpoint = await listen(this.#socket, this.#options);
    receiveAll(this.#socket, (frames) => this.#receive(frames)).catch(failLoudly);
  }

  /** The clients that have asked for something within the last two minutes. */
  clients(): Peer[] {
    return this.#peers.list(performance.now());
  }

  /** Stops listening; when it resolves, the port is free. Replies on their way still have half a second. */
  async close(): Promise<void> {
    if (this.#endpoint === '') this.#socket.close();
    else await stopListening(this.#socket);
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
    this.#serve(request, peer, address);
  }

  #serve(request: Request, peer: PeerId, address: Buffer): void {
    let answered = false;
    const respond = (reply: Reply): void => {
      if (answered) return;
      answered = true;
      this.#send(address, request.id, reply);
    };
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
    this.#send(address, error.id, { op: 'error', error: describeRefusal(error) });
  }

  #send(address: Buffer, id: number, reply: Reply): void {
    if (this.#socket.closed) {
      this.counters.undelivered++;
      return;
    }
    this.#socket.send([address, ...encodeReply(id, reply)]).catch(() => {
      this.counters.undelivered++;
    });
  }
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
