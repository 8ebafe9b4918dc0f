import type { Envelope, EventData, EventType } from '@bitten/schema';
import { createRandom, hashText, type Random } from './random.js';
import { Schedule } from './schedule.js';

/** Makes an event, or finds that there is nothing to say any more. */
export type Act = () => Envelope | undefined;

export interface StageOptions {
  seed: number | string;
  run: string | undefined;
  start_time: number;
  rate_per_s: number;
}

/**
 * What everybody in the simulated market shares: the clock, the dice, the names and the schedule.
 *
 * The clock goes by slots, one an event, and a slot lasts 1 / rate seconds. Delays are counted in slots, so the
 * share of each type stays the same at every rate.
 */
export class Stage {
  readonly random: Random;
  /** In every id of this run. */
  readonly run: string;
  readonly start_time: number;
  rate_per_s: number;
  #time: number;
  #slot = 0;
  readonly #schedule = new Schedule<Act>();
  readonly #counts = new Map<string, number>();

  constructor(options: StageOptions) {
    this.random = createRandom(options.seed);
    this.run = options.run ?? hashText(String(options.seed)).toString(36);
    this.start_time = options.start_time;
    this.#time = options.start_time;
    this.rate_per_s = options.rate_per_s;
  }

  /** Unix seconds, to the microsecond. */
  get time(): number {
    return Math.round(this.#time * 1e6) / 1e6;
  }

  /** Moves the clock on by one event. */
  advance(): void {
    this.#slot += 1;
    this.#time += 1 / this.rate_per_s;
  }

  /** Puts an act on, so many slots from now; those of the same slot are played in the order they were put. */
  plan(delay_slots: number, act: Act): void {
    this.#schedule.put(this.#slot + delay_slots, act);
  }

  /** The next act that is due. */
  due(): Act | undefined {
    return this.#schedule.take(this.#slot);
  }

  /** `SIG-1x9k2f-000017`: unique within the run by its count, between runs by the run. */
  name(kind: string): string {
    return `${kind}-${this.run}-${String(this.count(kind)).padStart(6, '0')}`;
  }

  /** 1, 2, 3, … for each kind. */
  count(kind: string): number {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count;
  }

  /** An event that happens now. */
  event<Type extends EventType>(event: {
    event_type: Type;
    source: string;
    data: EventData<Type>;
    correlation_id?: string;
    user_id?: string;
    session_id?: string;
  }): Envelope {
    const { event_type, source, data, ...rest } = event;
    return { event_type, timestamp: this.time, source, ...rest, data };
  }
}
