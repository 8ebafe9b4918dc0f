import { GapError } from '@bitten/schema';
import { Pace, type Speed } from './pace.js';
import type { Played, ReplayItem, ReplayStage } from './stage.js';
import { type ReplayTimers, realTimers } from './timers.js';

/** What is played, from where to where, and how fast. */
export interface ReplayDriverOptions<Item extends ReplayItem> {
  stage: ReplayStage<Item>;
  /** The first place, and the one behind the last. */
  from: number;
  to: number;
  /** Default 1. */
  speed?: Speed | undefined;
  /** See `PaceOptions`. */
  gap_ms_max?: number | undefined;
  /** Begins paused, to be stepped through or resumed. Default false. */
  paused?: boolean | undefined;
  /** Hears which events retention removed before they were played; the replay goes on behind them. */
  onGap?: ((gap: GapError) => void) | undefined;
  timers?: ReplayTimers | undefined;
}

/** How far a replay has come. */
export interface ReplayProgress {
  state: 'playing' | 'paused' | 'ended' | 'stopped' | 'failed';
  from: number;
  to: number;
  /** The first place that has not been played. */
  next: number;
  /** Events that reached somebody, and that nobody listened to. */
  sent: number;
  unheard: number;
  /** Events that retention had removed, as far as the gaps tell. */
  missing: number;
  /** The time of the last event played, Unix seconds; null before the first, and where nobody looked. */
  at: number | null;
  speed: Speed;
}

interface Placed<Item> {
  item: Item;
  place_ms: number;
}

/** At most so many are played in one go, so that a pause or a stop does not come thousands of events late. */
const playedAtOnce = 500;
/** Events due within so little are played together: one go for each costs more than it shows. */
const tick_ms = 5;

/**
 * Plays a stretch of the log at a pace, and can be paused, stepped, hurried and stopped while it does.
 *
 * **Ordering.** In the order of `seq`, whatever the times of the events say; see `Pace`.
 *
 * **Failure.** What reading or playing throws ends it, and `done` rejects; all but a gap, which is told and passed over.
 */
export class ReplayDriver<Item extends ReplayItem = ReplayItem> {
  readonly #o: ReplayDriverOptions<Item>;
  readonly #timers: ReplayTimers;
  readonly #pace: Pace;
  readonly #done: Promise<ReplayProgress>;
  readonly #counts = { sent: 0, unheard: 0, missing: 0 };
  #state: ReplayProgress['state'];
  #queue: Array<Placed<Item>> = [];
  #next: number;
  /** How far has been read: what follows the queue. */
  #read: number;
  #at: number | null = null;
  /** Events still to be played while it is paused, and who waits for them. */
  #steps = 0;
  #stepped: Array<() => void> = [];
  #wake: () => void = () => {};

  /** Starts at once, unless it is to begin paused. Throws `BadSpeedError`. */
  constructor(options: ReplayDriverOptions<Item>) {
    const { from, speed, gap_ms_max, paused = false, timers = realTimers } = options;
    this.#o = options;
    this.#timers = timers;
    this.#pace = new Pace({ speed, gap_ms_max, now: timers.now });
    if (paused) this.#pace.pause();
    this.#state = paused ? 'paused' : 'playing';
    this.#next = from;
    this.#read = from;
    this.#done = this.#run().finally(() => this.#release());
    // Whoever asks hears of a failure; nobody has to.
    this.#done.catch(() => undefined);
  }

  /** Resolves when the last event has been played, or the replay stopped; rejects with what ended it. */
  get done(): Promise<ReplayProgress> {
    return this.#done;
  }

  get progress(): ReplayProgress {
    const { from, to } = this.#o;
    const { speed } = this.#pace;
    return { state: this.#state, from, to, next: this.#next, ...this.#counts, at: this.#at, speed };
  }

  get speed(): Speed {
    return this.#pace.speed;
  }

  /** Counts at once, also for the event that is being waited for. Throws `BadSpeedError`. */
  set speed(speed: Speed) {
    this.#pace.speed = speed;
    this.#wake();
  }

  /** Stands still after the events in hand. */
  pause(): void {
    if (this.#state !== 'playing') return;
    this.#pace.pause();
    this.#state = 'paused';
    this.#wake();
  }

  /** Goes on where it stands still, at the same pace. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#pace.resume();
    this.#state = 'playing';
    this.#release();
    this.#wake();
  }

  /** Pauses, and plays the next events at once; resolves when they have been played, or none are left. */
  step(count = 1): Promise<void> {
    this.pause();
    if (this.#state !== 'paused') return Promise.resolve();
    this.#steps += count;
    this.#wake();
    return new Promise((resolve) => this.#stepped.push(resolve));
  }

  /** Ends after the events in hand. */
  stop(): void {
    if (this.#isOver) return;
    this.#state = 'stopped';
    this.#wake();
  }

  get #isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'stopped' || this.#state === 'failed';
  }

  async #run(): Promise<ReplayProgress> {
    // The one who made it may set it going, or stop it, before anything is read.
    await Promise.resolve();
    try {
      while (!this.#isOver && this.#next < this.#o.to) await this.#advance();
    } catch (error) {
      // Who stops a replay may well have closed its client.
      if (!this.#isOver) {
        this.#state = 'failed';
        throw error;
      }
    }
    if (!this.#isOver) this.#state = 'ended';
    return this.progress;
  }

  /** One go: a sweep, a page, some events, or the wait for them. */
  async #advance(): Promise<void> {
    const { stage, to } = this.#o;
    if (this.#state === 'paused' && this.#steps === 0) return this.#sleep(Number.POSITIVE_INFINITY);
    try {
      if (this.#state === 'playing' && this.#pace.speed === 'max' && stage.sweep !== undefined) {
        return this.#swept(await stage.sweep(this.#next, to));
      }
      if (this.#queue.length === 0) return await this.#fill();
    } catch (error) {
      if (!(error instanceof GapError)) throw error;
      return this.#skip(error);
    }
    const isStep = this.#state === 'paused';
    const due = isStep ? this.#queue.slice(0, Math.min(this.#steps, playedAtOnce)) : this.#due();
    if (due.length > 0) return this.#play(due, isStep);
    await this.#sleep(Math.max(tick_ms, this.#pace.wait_ms(this.#queue[0]!.place_ms)));
  }

  async #fill(): Promise<void> {
    const { stage, to } = this.#o;
    const { items, next } = await stage.read(this.#read, to);
    this.#read = Math.min(next, to);
    this.#queue = items.map((item) => ({ item, place_ms: this.#pace.placeOf(item.time) }));
    if (items.length === 0) this.#next = this.#read;
  }

  /** Everything whose time has come. */
  #due(): Array<Placed<Item>> {
    const { length } = this.#queue;
    const [first] = this.#queue;
    if (first === undefined || this.#pace.wait_ms(first.place_ms) > 0) return [];
    this.#pace.reach(first.place_ms);
    let count = 1;
    while (count < Math.min(length, playedAtOnce) && this.#isDue(this.#queue[count]!)) count += 1;
    return this.#queue.slice(0, count);
  }

  #isDue({ place_ms }: Placed<Item>): boolean {
    return this.#pace.wait_ms(place_ms) === 0;
  }

  async #play(due: ReadonlyArray<Placed<Item>>, isStep: boolean): Promise<void> {
    const played = await this.#o.stage.play(due.map(({ item }) => item));
    const last = due.at(-1)!;
    this.#at = last.item.time;
    if (isStep) {
      this.#pace.reach(last.place_ms);
      this.#steps = Math.max(0, this.#steps - due.length);
    }
    this.#queue = this.#queue.slice(due.length);
    this.#count(played);
    // What the filter passed over behind the last event of a page has been dealt with too.
    if (this.#queue.length === 0 && !this.#isOver) this.#next = this.#read;
    if (isStep && this.#steps === 0) this.#release();
  }

  /** Nobody has looked at the times: the next event that is waited for is due at once. */
  #swept(played: Played): void {
    this.#queue = [];
    this.#read = played.next;
    this.#pace.skip();
    this.#count(played);
  }

  #count({ next, sent, unheard }: Played): void {
    this.#next = next;
    this.#counts.sent += sent;
    this.#counts.unheard += unheard;
  }

  #skip(gap: GapError): void {
    const { to, onGap } = this.#o;
    this.#counts.missing += Math.min(gap.to, to) - this.#next;
    this.#next = Math.min(gap.to, to);
    this.#read = this.#next;
    this.#pace.skip();
    onGap?.(gap);
  }

  /** Until the time has passed, or something has changed. */
  #sleep(delay_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(delay_ms) ? this.#timers.startTimer(() => this.#wake(), delay_ms) : null;
      this.#wake = () => {
        timer?.stop();
        this.#wake = () => {};
        resolve();
      };
    });
  }

  #release(): void {
    this.#steps = 0;
    for (const resolve of this.#stepped.splice(0)) resolve();
  }
}
