import { limits } from '@bitten/schema';
import { Pull } from 'zeromq';
import { type ListenOptions, listen, stopListening } from './listening.js';
import { failLoudly, receiveAll } from './receiving.js';

export interface IngressOptions extends ListenOptions {
  /** One event as it came, not yet looked at. Called for all that are ready before a `setImmediate` fires. */
  onEvent: (frame: Buffer) => void;
  /** A message that has not exactly one frame: nothing a publisher may send, but it must not get lost. */
  onMisframed: (frames: readonly Buffer[]) => void;
}

/**
 * Above the limit of one event, so that one that is too large still arrives and becomes a dead letter. ZeroMQ
 * closes the connection at what is larger still: it could not be kept in memory in any number.
 */
const message_bytes_max = limits.batch_bytes_max;
/** Messages of one publisher that wait in memory; then TCP holds the publisher back. */
const unread_messages_max = 1000;

/** The door for publishers that wait for nothing (docs/PROTOCOL.md, "The ingress, 5571"). */
export class Ingress {
  readonly #options: IngressOptions;
  readonly #socket = new Pull({
    linger: 0,
    maxMessageSize: message_bytes_max,
    receiveHighWaterMark: unread_messages_max,
    // No ZMTP heartbeat here: while a backlog stops ZeroMQ from reading, it would take a publisher for dead,
    // cut the connection and lose what was on its way.
    tcpKeepalive: 1,
  });
  #endpoint = '';

  constructor(options: IngressOptions) {
    this.#options = options;
  }

  /** `tcp://host:port`; empty before `bind`. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** Starts to listen and to hand over. Throws `PortInUseError`, `BindError`. */
  async bind(): Promise<void> {
    this.#endpoint = await listen(this.#socket, this.#options);
    receiveAll(this.#socket, (frames) => this.#receive(frames)).catch(failLoudly);
  }

  /** Stops listening; when it resolves, the port is free. */
  async close(): Promise<void> {
    if (this.#endpoint === '') this.#socket.close();
    else await stopListening(this.#socket);
  }

  #receive(frames: Buffer[]): void {
    const [frame] = frames;
    if (frame !== undefined && frames.length === 1) this.#options.onEvent(frame);
    else this.#options.onMisframed(frames);
  }
}
