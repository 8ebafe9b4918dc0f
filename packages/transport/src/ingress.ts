import { limits } from '@bitten/schema';
import { Pull } from 'zeromq';
import { Door, type ListenOptions } from './doors/door.js';
import { burst_ms, duration_ms, noLimits, type RateLimits } from './rates.js';
import { failLoudly, receiveAll } from './receiving.js';

export interface IngressOptions extends ListenOptions {
  /** One event as it came, not yet looked at. Called for all that are ready before a `setImmediate` fires. */
  onEvent: (frame: Buffer) => void;
  /** A message that has not exactly one frame: nothing a publisher may send, but it must not get lost. */
  onMisframed: (frames: readonly Buffer[]) => void;
  /**
   * Of all publishers together: a PULL does not tell them apart. What is above it is not read, so that nothing is
   * lost that ZeroMQ has taken; TCP holds the publishers back.
   */
  limits?: RateLimits | undefined;
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
  readonly #door: Door<Pull>;
  /** When the next message may be read, on the monotonic clock. */
  #freeAt_ms = Number.NEGATIVE_INFINITY;

  constructor(options: IngressOptions) {
    this.#options = options;
    this.#door = new Door({
      ...options,
      name: 'pull',
      make: (guarded) =>
        new Pull({
          ...guarded,
          linger: 0,
          maxMessageSize: message_bytes_max,
          receiveHighWaterMark: unread_messages_max,
          // No ZMTP heartbeat here: while a backlog stops ZeroMQ from reading, it would take a publisher for dead,
          // cut the connection and lose what was on its way.
          tcpKeepalive: 1,
        }),
      onBound: (socket) => {
        receiveAll(socket, (frames) => this.#receive(frames)).catch(failLoudly);
      },
    });
  }

  /** `tcp://host:port`; empty before `bind`. */
  get endpoint(): string {
    return this.#door.endpoint;
  }

  /** Starts to listen and to hand over. Throws `PortInUseError`, `BindError`, `ExposedError`. */
  bind(): Promise<void> {
    return this.#door.open();
  }

  /** Cuts everybody off; who has a key that counts comes back by itself. What was on its way here is lost. */
  reopen(): Promise<void> {
    return this.#door.reopen();
  }

  /** Stops listening; when it resolves, the port is free. */
  close(): Promise<void> {
    return this.#door.close();
  }

  #receive(frames: Buffer[]): void | Promise<void> {
    const [frame] = frames;
    if (frame !== undefined && frames.length === 1) this.#options.onEvent(frame);
    else this.#options.onMisframed(frames);
    return this.#pause(frames);
  }

  /** Nothing where the rate allows the next message now. */
  #pause(frames: readonly Buffer[]): Promise<void> | undefined {
    const bytes = frames.reduce((sum, { length }) => sum + length, 0);
    const cost_ms = duration_ms(this.#options.limits ?? noLimits, { events: 1, bytes });
    if (cost_ms === 0) return undefined;
    const now = performance.now();
    this.#freeAt_ms = Math.max(this.#freeAt_ms, now - burst_ms) + cost_ms;
    const wait_ms = this.#freeAt_ms - now;
    // Timers are no finer than this.
    return wait_ms < 1 ? undefined : new Promise((resolve) => setTimeout(resolve, wait_ms));
  }
}
