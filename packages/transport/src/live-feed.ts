import { limits } from '@bitten/schema';
import { XPublisher } from 'zeromq';
import { Door, type ListenOptions } from './doors/door.js';
import { failLoudly, receiveAll } from './receiving.js';
import { Subscriptions } from './subscriptions.js';

/** A subscriber sends topics and nothing else; the largest frame of a handshake with keys is some 300 bytes. */
const subscription_bytes_max = 1024;

/**
 * The broadcast (docs/PROTOCOL.md, "The live feed, 5570"). Messages leave in the order they are sent; a
 * subscriber that falls more than `limits.live_feed_backlog_max` messages behind misses some, and nobody waits.
 */
export class LiveFeed {
  readonly #door: Door<XPublisher>;
  #subscriptions = new Subscriptions();

  constructor(options: ListenOptions) {
    this.#door = new Door({
      ...options,
      name: 'pub',
      make: (guarded) =>
        new XPublisher({
          ...guarded,
          // A send queues at once or drops: it never waits, so any number may follow each other.
          sendTimeout: 0,
          linger: 0,
          sendHighWaterMark: limits.live_feed_backlog_max,
          maxMessageSize: subscription_bytes_max,
          heartbeatInterval: 5000,
          heartbeatTimeout: 15_000,
        }),
      onBound: (socket) => {
        // Whoever is there says anew what it wants.
        this.#subscriptions = new Subscriptions();
        receiveAll(socket, (frames) => this.#receive(frames)).catch(failLoudly);
      },
    });
  }

  /** `tcp://host:port`; empty before `bind`. */
  get endpoint(): string {
    return this.#door.endpoint;
  }

  /** Starts to listen for subscribers. Throws `PortInUseError`, `BindError`, `ExposedError`. */
  bind(): Promise<void> {
    return this.#door.open();
  }

  /** Cuts everybody off; who has a key that counts comes back by itself, and misses what is sent meanwhile. */
  reopen(): Promise<void> {
    return this.#door.reopen();
  }

  /** Whether anybody subscribes to anything. */
  get hasSubscribers(): boolean {
    return !this.#subscriptions.empty;
  }

  /** Whether anybody subscribes to this topic. Ask before making a payload: without subscribers nothing costs. */
  wants(topic: string): boolean {
    return this.#subscriptions.match(topic);
  }

  /**
   * Sends one event as exactly two frames, without waiting; whoever does not subscribe to it does not get it.
   * The payload is sent without a copy: it must not be changed afterwards. After `close` nothing is sent.
   */
  send(topic: string | Buffer, payload: Buffer): void {
    const { socket } = this.#door;
    socket?.send([topic, payload]).catch(failLoudly);
  }

  /** Stops listening; when it resolves, the port is free. */
  close(): Promise<void> {
    return this.#door.close();
  }

  /** XPUB reports the first subscription to a topic and the end of the last, whoever they are from. */
  #receive(frames: readonly Buffer[]): void {
    const [frame] = frames;
    if (frame === undefined || frame.length === 0) return;
    const topic = frame.toString('utf8', 1);
    if (frame[0] === 1) this.#subscriptions.add(topic);
    else if (frame[0] === 0) this.#subscriptions.remove(topic);
  }
}
