import { Dealer, type Event } from 'zeromq';
import { BacklogFullError, ClientClosedError, NotConnectedError } from './errors.js';
import { frame_bytes_max } from './frames.js';
import { watchConnections } from './monitor.js';
import { failLoudly, receiveAll } from './receiving.js';
import { nextStatus, type Status, type StatusEvent } from './status.js';

/** Messages that may wait to go out; a publisher's own bound on what is unacknowledged is far below. */
const unsent_messages_max = 1000;
/** ZeroMQ tries again after the first, then after twice as long, up to the second. */
const reconnect_ms = 50;
const reconnect_ms_max = 1000;
/** A bus that has become unreachable without a word (a frozen machine, a cut cable) is noticed after this. */
const heartbeat_ms = 2000;
const heartbeat_timeout_ms = 6000;

export interface ConnectionOptions {
  endpoint: string;
  onMessage: (frames: Buffer[]) => void;
  onStatus: (status: Status) => void;
}

/**
 * One DEALER that connects, and connects again, by itself.
 *
 * **Ordering.** Messages leave in the order of `send`. Nothing is queued while there is no connection
 * (`immediate`), and what a lost connection had not sent is forgotten, so that no message of before a loss can
 * arrive after one of after it.
 *
 * **Failure.** `send` throws when the message surely has not left. When it has left, and the connection is then
 * lost, the status says so; whether the other end has read it is unknown, and a reply that had arrived but was
 * not read yet may be lost with the connection.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Dealer;
  #status: Status;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#status = { state: 'connecting', since: Date.now() / 1000 };
    this.#socket = new Dealer({
      // With a timeout of 0 a send either queues at once or fails: it never waits, and so is never busy.
      sendTimeout: 0,
      immediate: true,
      linger: 0,
      maxMessageSize: frame_bytes_max,
      sendHighWaterMark: unsent_messages_max,
      reconnectInterval: reconnect_ms,
      reconnectMaxInterval: reconnect_ms_max,
      heartbeatInterval: heartbeat_ms,
      heartbeatTimeout: heartbeat_timeout_ms,
      tcpKeepalive: 1,
    });
    receiveAll(this.#socket, options.onMessage).catch(failLoudly);
    watchConnections(this.#socket, (event) => this.#notice(event)).catch(failLoudly);
    this.#socket.connect(options.endpoint);
  }

  get status(): Status {
    return this.#status;
  }

  /** Sends without waiting. Throws `NotConnectedError`, `BacklogFullError`, `ClientClosedError`. */
  send(frames: [header: string] | [header: string, body: Buffer]): void {
    const status = this.#status;
    if (status.state === 'closed') throw new ClientClosedError();
    if (status.state !== 'connected') {
      const why = status.state === 'disconnected' ? status.why : 'not connected yet';
      throw new NotConnectedError(this.#options.endpoint, why);
    }
    // Asked beforehand, the send after it cannot fail: only this thread writes to the socket.
    if (!this.#socket.writable) throw new BacklogFullError(this.#options.endpoint, unsent_messages_max);
    this.#socket.send(frames).catch(failLoudly);
  }

  close(): void {
    this.#apply({ type: 'closed' });
    this.#socket.close();
  }

  /** Monitor events come on a channel of their own, beside the messages. */
  #notice(event: Event): void {
    switch (event.type) {
      case 'handshake':
        this.#apply({ type: 'handshake' });
        break;
      case 'disconnect':
        this.#apply({ type: 'lost', why: 'the other end closed it or could not be reached' });
        break;
      case 'close':
        this.#apply({ type: 'failed', why: 'nobody listens there' });
        break;
      case 'handshake:error:protocol':
      case 'handshake:error:auth':
      case 'handshake:error:other':
        this.#apply({ type: 'failed', why: `the handshake failed: ${event.error.message}` });
        break;
    }
  }

  #apply(event: StatusEvent): void {
    const status = nextStatus(this.#status, event, Date.now() / 1000);
    if (status === this.#status) return;
    this.#status = status;
    this.#options.onStatus(status);
  }
}
