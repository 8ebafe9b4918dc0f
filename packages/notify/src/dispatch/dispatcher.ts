import type { AttemptResult, Outbox } from '../book/outbox.js';
import type { PendingGroup } from '../book/types.js';
import { type Channel, DeliveryError } from '../channels/channel.js';
import type { Notification } from '../render/notification.js';
import { afterFailure } from './retry.js';
import { realTimers, type Timers } from './timers.js';

/** How an attempt went, for the log. */
export interface DeliveryReport {
  channel: string;
  /** The notification's. */
  id: string;
  alerts: number;
  is: 'delivered' | 'delayed' | 'given_up';
  error: string | null;
  attempts: number;
}

export interface DispatcherOptions {
  outbox: Outbox;
  /** By name. */
  channels: ReadonlyMap<string, Channel>;
  notificationOf: (group: PendingGroup) => Notification;
  onReport?: (report: DeliveryReport) => void;
  /** What is wrong with the book itself: nothing can be delivered while that lasts. */
  onTrouble: (error: unknown) => void;
  /** How long one attempt may take; default 10,000. */
  attempt_ms?: number;
  timers?: Timers;
}

/** How often a channel that has nothing to tell looks again, beside being woken. */
const look_ms = 1_000;
/** How long one that waits for something to be due sleeps at most: somebody may have laid a silence over it. */
const nap_ms = 30_000;
/** What is in hand at the end may take this long; the process has five seconds for all it does. */
const patience_ms = 2_000;
/** A channel that was told to end has so long to say why it did not get through; then it is left to itself. */
const lastWord_ms = 500;

/**
 * Delivers what waits in the outbox, each channel by itself: one that hangs holds up no other.
 *
 * **Ordering.** A channel's notifications go out in the order they were recorded; one that fails is tried again before
 * the next.
 *
 * **Failure.** `stop` waits for the attempts in hand, and ends them where they take too long.
 */
export class Dispatcher {
  readonly #o: DispatcherOptions;
  readonly #timers: Timers;
  readonly #loops: Array<Promise<void>> = [];
  readonly #ending = new AbortController();
  readonly #hurry = new AbortController();
  readonly #wakes = new Set<() => void>();

  constructor(options: DispatcherOptions) {
    this.#o = options;
    this.#timers = options.timers ?? realTimers;
  }

  start(): void {
    for (const [name, channel] of this.#o.channels) this.#loops.push(this.#run(name, channel));
  }

  /** Something was recorded: look now. */
  wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }

  /** Resolves when no attempt is being made any more. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.wake();
    const timer = setTimeout(() => this.#hurry.abort(), patience_ms);
    await Promise.all(this.#loops);
    clearTimeout(timer);
  }

  async #run(name: string, channel: Channel): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        const group = this.#o.outbox.next(name);
        const wait_s = group === null ? 0 : group.due_at - this.#timers.now();
        if (group === null) await this.#sleep(look_ms);
        else if (wait_s > 0) await this.#sleep(Math.min(nap_ms, wait_s * 1000));
        else await this.#attempt(channel, group);
      } catch (error) {
        // The disk is full, the book locked for long: what waits goes on waiting.
        this.#o.onTrouble(error);
        await this.#sleep(look_ms);
      }
    }
  }

  async #attempt(channel: Channel, group: PendingGroup): Promise<void> {
    const { outbox, notificationOf, attempt_ms = 10_000, onReport } = this.#o;
    const notification = notificationOf(group);
    outbox.begin(group);
    const firstAt = group.first_at ?? this.#timers.now();
    const attempts = group.attempts + 1;
    const report = (is: DeliveryReport['is'], error: string | null) =>
      onReport?.({ channel: group.channel, id: group.id, alerts: group.alerts.length, is, error, attempts });
    try {
      await this.#send(channel, notification, attempt_ms);
    } catch (error) {
      const now = this.#timers.now();
      const result = afterFailure(error, { attempts, firstAt, now, random: this.#timers.random() });
      await this.#note(group, result);
      report(result.is, result.is === 'delivered' ? null : result.error);
      return;
    }
    await this.#note(group, { is: 'delivered' });
    report('delivered', null);
  }

  /** Until it is on disk: while the book is locked or the disk full, what has been told must not be told again. */
  async #note(group: PendingGroup, result: AttemptResult): Promise<void> {
    for (;;) {
      try {
        return this.#o.outbox.end(group, result);
      } catch (error) {
        if (this.#ending.signal.aborted) throw error;
        this.#o.onTrouble(error);
        await this.#sleep(look_ms);
      }
    }
  }

  /** One that does not end when it is told to holds up neither a stop nor a change of the channels. */
  async #send(channel: Channel, notification: Notification, attempt_ms: number): Promise<void> {
    const signal = this.#deadline(attempt_ms);
    let timer: NodeJS.Timeout | undefined;
    const isLeft = new Promise<never>((_resolve, reject) => {
      const leave = () => reject(new DeliveryError('no answer in time', { isPassing: true }));
      signal.addEventListener('abort', () => (timer = setTimeout(leave, lastWord_ms)), { once: true });
    });
    const sent = channel.send(notification, { signal });
    try {
      await Promise.race([sent, isLeft]);
    } finally {
      clearTimeout(timer);
      // Nobody waits for it any more.
      sent.catch(() => {});
    }
  }

  /** Ends an attempt that takes too long, and one that is still in hand a while after all of it was to stop. */
  #deadline(attempt_ms: number): AbortSignal {
    return AbortSignal.any([AbortSignal.timeout(attempt_ms), this.#hurry.signal]);
  }

  #sleep(delay_ms: number): Promise<void> {
    if (this.#ending.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        stop();
        this.#wakes.delete(done);
        resolve();
      };
      const stop = this.#timers.startTimer(done, delay_ms);
      this.#wakes.add(done);
    });
  }
}
