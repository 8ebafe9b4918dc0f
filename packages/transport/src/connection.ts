import { Dealer, type Event } from 'zeromq';
import { BacklogFullError, ClientClosedError, KeyRefusedError, NotConnectedError } from './errors.js';
import { frame_bytes_max } from './frames.js';
import type { ClientKey } from './keys/key-pair.js';
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
/** A client that was not let in asks again after the first, then after twice as long, up to the second. */
const ask_again_ms = 100;
const ask_again_ms_max = 5000;

export interface ConnectionOptions {
  endpoint: string;
  /** Shown to the bus, where it wants keys. */
  key: ClientKey | undefined;
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
  #socket: Dealer;
  #status: Status;
  #again_ms = ask_again_ms;
  #again: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#status = { state: 'connecting', since: Date.now() / 1000 };
    this.#socket = this.#open();
  }

  get status(): Status {
    return this.#status;
  }

  /** Sends without waiting. Throws `NotConnectedError`, `BacklogFullError`, `ClientClosedError`. */
  send(frames: [header: string] | [header: string, body: Buffer]): void {
    const status = this.#status;
    if (status.state === 'closed') throw new ClientClosedError();
    if (status.state !== 'connected') {
      const { endpoint } = this.#options;
      if (status.state === 'connecting') throw new NotConnectedError(endpoint, 'not connected yet');
      throw new (status.refused ? KeyRefusedError : NotConnectedError)(endpoint, status.why);
    }
    if (!this.#socket.writable) throw new BacklogFullError(this.#options.endpoint, unsent_messages_max);
    this.#socket.send(frames).catch(unlessLost);
  }

  close(): void {
    this.#apply({ type: 'closed' });
    clearTimeout(this.#again);
    this.#socket.close();
  }

  #open(): Dealer {
    const { endpoint, key, onMessage } = this.#options;
    const socket = new Dealer({
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
      ...(key === undefined ? {} : curveOptions(key)),
    });
    receiveAll(socket, onMessage).catch(failLoudly);
    watchConnections(socket, (event) => {
      if (socket === this.#socket) this.#notice(event);
    }).catch(failLoudly);
    socket.connect(endpoint);
    return socket;
  }

  /**
   * ZeroMQ never connects again after a refusal, and without a pause after some other failures of the handshake:
   * so a new socket does, after a while.
   */
  #askAgain(): void {
    this.#socket.close();
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#socket = this.#open();
    }, this.#again_ms);
    this.#again_ms = Math.min(this.#again_ms * 2, ask_again_ms_max);
  }

  /** Monitor events come on a channel of their own, beside the messages. */
  #notice(event: Event): void {
    switch (event.type) {
      case 'handshake':
        this.#again_ms = ask_again_ms;
        this.#apply({ type: 'handshake' });
        break;
      case 'disconnect':
        this.#apply({ type: 'lost', why: 'the other end closed it or could not be reached' });
        break;
      case 'close':
        this.#apply({ type: 'failed', why: 'nobody listens there' });
        break;
      case 'handshake:error:auth':
      case 'handshake:error:protocol':
        this.#apply({ type: 'refused', why: describeRefusal(event.type, this.#options.key) });
        this.#askAgain();
        break;
      case 'handshake:error:other':
        this.#apply({ type: 'failed', why: `the handshake failed: ${event.error.message}` });
        // With a key it is most likely that the bus has another one than the client was told.
        if (this.#options.key !== undefined) this.#askAgain();
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

function curveOptions({ publicKey, secretKey, serverKey }: ClientKey) {
  return { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey: serverKey };
}

function describeRefusal(type: 'handshake:error:auth' | 'handshake:error:protocol', key?: ClientKey): string {
  if (key === undefined) {
    return 'the bus wants a key, or that is no bus; make one where the bus is: bitten keys client NAME, and name its file with BITTEN_KEY_FILE';
  }
  if (type === 'handshake:error:protocol') {
    return 'the bus wants no key, or that is no bus; leave BITTEN_KEY_FILE out, or start the bus with --curve';
  }
  const name = key.name === '' ? 'NAME' : key.name;
  return `the bus does not know this key (${name}, ${key.publicKey}); make one where the bus is: bitten keys client ${name}`;
}

/**
 * Only this thread writes to the socket, so a send that was possible a moment ago fails for one reason alone: the
 * connection has been lost in between. Its end is on the way to us, and settles the request as it does the others.
 */
function unlessLost(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') failLoudly(error);
}
