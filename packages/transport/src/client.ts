import { limits } from '@bitten/schema';
import type {
  BusClientOptions,
  CursorOptions,
  FetchOptions,
  LastValuesOptions,
  PublishBatch,
  ReplayOptions,
  RequestOptions,
} from './client-options.js';
import { Connection } from './connection.js';
import {
  BadRequestError,
  ClientClosedError,
  ConnectionLostError,
  DeadlineError,
  KeyRefusedError,
} from './errors.js';
import type {
  BusStats,
  CursorInfo,
  CursorPlace,
  FetchReply,
  HelloReply,
  LastValuesReply,
  Op,
  Position,
  PublishReply,
  ReplayReply,
  Replies,
  Request,
} from './messages.js';
import { OutstandingRequests } from './outstanding.js';
import { remoteError } from './remote-errors.js';
import { decodeReply, type ReplyHeader, readReply } from './replies.js';
import { encodeRequest } from './requests.js';
import type { Status } from './status.js';

type WithoutId<Each> = Each extends Request ? Omit<Each, 'id'> : never;

const requestTimeout_ms_default = 5000;
const max_bytes_default = 1024 * 1024;

/**
 * A program's end of the bus protocol. It connects, and connects again, by itself; requests run side by side.
 *
 * Every request rejects with one of: `NotConnectedError`, `KeyRefusedError`, `BacklogFullError`,
 * `ClientClosedError` (nothing was sent); `ConnectionLostError`, `DeadlineError` (the outcome is unknown: repeat
 * it); `GapError`, `PositionBeyondEndError`, `OutOfSequenceError`, `UnavailableError`, `SlowDownError`,
 * `RemoteError` (the bus says no); `BadReplyError` (that is no bus).
 *
 * An open client keeps the process alive, as any open socket does: zeromq.js offers no `unref`. A program that
 * wants to end by itself closes its client.
 */
export class BusClient {
  readonly endpoint: string;
  readonly name: string;
  readonly #requestTimeout_ms: number;
  readonly #connection: Connection;
  /** Deadlines are on the monotonic clock: setting the time of day must not make them pass. */
  readonly #outstanding = new OutstandingRequests({ now: () => performance.now(), startTimer });
  readonly #listeners = new Set<(status: Status) => void>();
  #lastId = 0;
  /** Of the last reply that had one, until it is shown. */
  #mark: number | undefined;

  constructor(options: BusClientOptions = {}) {
    const { host = '127.0.0.1', port = 5572 } = options;
    this.endpoint = options.endpoint ?? `tcp://${host}:${port}`;
    this.name = options.name ?? '';
    this.#requestTimeout_ms = options.requestTimeout_ms ?? requestTimeout_ms_default;
    this.#connection = new Connection({
      endpoint: this.endpoint,
      key: options.key,
      onMessage: (frames) => this.#receive(frames),
      onStatus: (status) => this.#changed(status),
    });
  }

  get status(): Status {
    return this.#connection.status;
  }

  /** Requests that have no reply yet. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /** Tells every later change of `status`; the function returned ends it. */
  onStatus(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves once connected. Rejects with `ClientClosedError`, and at the deadline with `KeyRefusedError` where the
   * bus does not let this client in, else with `DeadlineError`.
   */
  connected({ timeout_ms = this.#requestTimeout_ms }: { timeout_ms?: number } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (status: Status): boolean => {
        if (status.state === 'connected') resolve();
        else if (status.state === 'closed') reject(new ClientClosedError());
        else return false;
        return true;
      };
      if (settle(this.status)) return;
      const timer = startTimer(() => {
        stop();
        const { status } = this;
        const isRefused = status.state === 'disconnected' && status.refused === true;
        if (isRefused) reject(new KeyRefusedError(this.endpoint, status.why));
        else reject(new DeadlineError('connect', timeout_ms));
      }, timeout_ms);
      const stop = this.onStatus((status) => {
        if (!settle(status)) return;
        stop();
        timer.stop();
      });
    });
  }

  hello(options?: RequestOptions): Promise<HelloReply> {
    return this.#ask({ op: 'hello', client: this.name }, options);
  }

  async ping(options?: RequestOptions): Promise<void> {
    await this.#ask({ op: 'ping' }, options);
  }

  /**
   * Resolves when every event of the batch is fsynced, the invalid ones in the dead letters. A body above the
   * limit is refused here with `BadRequestError`: ZeroMQ would close the connection at a much larger one.
   */
  publish(batch: PublishBatch, options?: RequestOptions): Promise<PublishReply> {
    if (batch.body.length > limits.batch_bytes_max) return Promise.reject(tooLarge(batch.body.length));
    return this.#ask({ op: 'publish', ...batch }, options);
  }

  /** The highest producer sequence the bus has handled for a producer; 0 for one it does not know. */
  async producerState(producer: string, options?: RequestOptions): Promise<number> {
    return (await this.#ask({ op: 'producer', producer }, options)).last;
  }

  /** Its deadline is the time the bus may wait, and the timeout on top. */
  fetch(request: FetchOptions, options: RequestOptions = {}): Promise<FetchReply> {
    const { wait_ms = 0, linger_ms = 0, max_bytes = max_bytes_default, log = 'events' } = request;
    const timeout_ms = wait_ms + linger_ms + (options.timeout_ms ?? this.#requestTimeout_ms);
    const { from, filter } = request;
    return this.#ask(
      { op: 'fetch', log, from, filter, max_bytes, wait_ms, linger_ms },
      { ...options, timeout_ms },
    );
  }

  /**
   * Has the bus broadcast events of its log under `replay.`, marked with the name: at most `max_events` of them, and
   * as fast as it can. Who wants more asks again from `next`; who wants a pace asks when it is time.
   */
  replay(request: ReplayOptions, options?: RequestOptions): Promise<ReplayReply> {
    const { name, from, to, filter, max_events = limits.replay_events_max } = request;
    return this.#ask({ op: 'replay', name, from, to, filter, max_events }, options);
  }

  /**
   * The last value of each key of some types, in the order of `seq`. Where `more` is true, ask again with the last
   * `seq` as `after`; the values are then those of the last reply's `next`, some keys having come twice, the older
   * value first. Rejects with `RemoteError` of code `bad_request` for a type without a key.
   */
  lastValues(request: LastValuesOptions, options?: RequestOptions): Promise<LastValuesReply> {
    const { types, filter, after = 0, max_bytes = max_bytes_default } = request;
    return this.#ask({ op: 'last_values', types, filter, after, max_bytes }, options);
  }

  /** Creates a cursor where it does not exist, and tells where it stands. */
  openCursor(cursor: CursorOptions, options?: RequestOptions): Promise<CursorPlace> {
    const { name, log = 'events', from = 'start', hold = false } = cursor;
    return this.#ask({ op: 'cursor_open', name, log, from, hold }, options);
  }

  /** Says that everything before `next` has been dealt with. A cursor never moves backwards by a commit. */
  commitCursor(name: string, next: number, options?: RequestOptions): Promise<CursorPlace> {
    return this.#ask({ op: 'cursor_commit', name, next }, options);
  }

  async listCursors(options?: RequestOptions): Promise<CursorInfo[]> {
    return (await this.#ask({ op: 'cursor_list' }, options)).cursors;
  }

  resetCursor(name: string, to: Position, options?: RequestOptions): Promise<CursorPlace> {
    return this.#ask({ op: 'cursor_reset', name, to }, options);
  }

  async deleteCursor(name: string, options?: RequestOptions): Promise<void> {
    await this.#ask({ op: 'cursor_delete', name }, options);
  }

  async stats(options?: RequestOptions): Promise<BusStats> {
    return (await this.#ask({ op: 'stats' }, options)).stats;
  }

  /** Rejects what is outstanding with `ClientClosedError`, and lets the process end. */
  close(): void {
    this.#connection.close();
  }

  #ask<Asked extends WithoutId<Request>>(
    asked: Asked,
    options: RequestOptions = {},
  ): Promise<Replies[Asked['op']]> {
    const op: Asked['op'] = asked.op;
    const { signal, timeout_ms = this.#requestTimeout_ms } = options;
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      this.#connection.send(encodeRequest({ ...asked, id, ...this.#takeMark() } as Request));
      const settle = (reply: ReplyHeader): void => settleWith(op, reply, resolve, reject);
      const request = { op, timeout_ms, deadline: performance.now() + timeout_ms, settle, reject };
      if (signal !== undefined) this.#giveUpOn(signal, id, request);
      this.#outstanding.add(id, request);
    });
  }

  /** Shows the bus how far this client has read; nothing where that is no news. */
  #takeMark(): { mark?: number } {
    const mark = this.#mark;
    this.#mark = undefined;
    return mark === undefined ? {} : { mark };
  }

  /** Makes an abort settle a request, and its settling end the wait for the abort. */
  #giveUpOn(signal: AbortSignal, id: number, request: Parameters<OutstandingRequests['add']>[1]): void {
    const abort = (): void => this.#outstanding.take(id)?.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const { settle, reject } = request;
    request.settle = (reply) => {
      signal.removeEventListener('abort', abort);
      settle(reply);
    };
    request.reject = (error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    };
  }

  /** A reply nobody waits for any more is dropped, and so is what is no reply at all. */
  #receive(frames: Buffer[]): void {
    let reply: ReplyHeader;
    try {
      reply = decodeReply(frames);
    } catch {
      return;
    }
    if (reply.ok && reply.mark !== undefined) this.#mark = reply.mark;
    this.#outstanding.take(reply.id)?.settle(reply);
  }

  #changed(status: Status): void {
    if (status.state === 'disconnected') {
      this.#mark = undefined;
      this.#outstanding.rejectAll(() => new ConnectionLostError(this.endpoint, status.why));
    } else if (status.state === 'closed') {
      this.#outstanding.rejectAll(() => new ClientClosedError());
    }
    for (const listener of [...this.#listeners]) listener(status);
  }
}

function settleWith<Name extends Op>(
  op: Name,
  reply: ReplyHeader,
  resolve: (value: Replies[Name]) => void,
  reject: (error: unknown) => void,
): void {
  if (!reply.ok) {
    reject(remoteError(reply.error));
    return;
  }
  try {
    resolve(readReply(op, reply.fields, reply.body));
  } catch (error) {
    reject(error);
  }
}

function tooLarge(bytes: number): BadRequestError {
  return new BadRequestError('too_large', `a publish holds a body of ${bytes} bytes`, {
    id: undefined,
    found: `${bytes} bytes`,
    expected: `at most ${limits.batch_bytes_max} bytes`,
    remedy: 'send smaller batches',
  });
}

/** A request that waits holds the socket's receive open, and with it the process: the timer need not. */
function startTimer(callback: () => void, delay_ms: number): { stop(): void } {
  const timer = setTimeout(callback, delay_ms).unref();
  return { stop: () => clearTimeout(timer) };
}
