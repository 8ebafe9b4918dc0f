import { openSince, type Schedule } from '../schedule.js';
import { isBeyond, type RateCondition } from '../when.js';
import { Keyed } from './keyed.js';
import type { Sighting, Verdict, Watcher } from './watcher.js';

interface Counted {
  /** Of the newest events, as many as it takes to tell: Unix seconds, the oldest first. */
  times: number[];
  /** Since when this key is watched. */
  since: number;
}

/**
 * More than N, or fewer than N, events within a window. Exact, and with no more memory than N: there are more
 * than N in the window when the newest but N is in it, fewer than N when the newest but N-1 is not.
 */
export class RateWatcher implements Watcher {
  readonly #condition: RateCondition;
  readonly #during: Schedule | null;
  readonly #keep: number;
  readonly #counted = new Keyed<Counted>();
  deadline = Number.NEGATIVE_INFINITY;

  /** `startedAt`: from when on what does not come is missed. Keys that are named, or all as one, from then on. */
  constructor(
    condition: RateCondition,
    { startedAt, during, isGrouped }: { startedAt: number; during: Schedule | null; isGrouped: boolean },
  ) {
    this.#condition = condition;
    this.#during = during;
    this.#keep = condition.above === null ? Math.ceil(condition.below!) : Math.floor(condition.above) + 1;
    const expected = isGrouped ? condition.keys : [''];
    for (const key of expected) this.#counted.set(key, { times: [], since: startedAt });
  }

  see({ event, key, at }: Sighting): Verdict[] {
    const counted = this.#counted.get(key) ?? { times: [], since: at };
    counted.times.push(at);
    if (counted.times.length > this.#keep) counted.times.shift();
    this.#counted.set(key, counted);
    this.deadline = Math.min(this.deadline, at + this.#condition.within_s);
    return [this.#judge(key, counted, at, event)];
  }

  pass(at: number): Verdict[] {
    const verdicts: Verdict[] = [];
    this.deadline = Number.POSITIVE_INFINITY;
    for (const [key, counted] of this.#counted.entries()) {
      verdicts.push(this.#judge(key, counted, at, null));
      this.deadline = Math.min(this.deadline, this.#nextChange(counted, at));
    }
    return verdicts;
  }

  save(): unknown {
    return this.#counted.save();
  }

  load(saved: unknown): void {
    this.#counted.load(saved);
    this.deadline = Number.NEGATIVE_INFINITY;
  }

  #judge(key: string, counted: Counted, at: number, event: Sighting['event'] | null): Verdict {
    const { within_s, below } = this.#condition;
    const value = counted.times.filter((time) => time > at - within_s).length;
    // Too few is only said of a whole window.
    const isWhole = below === null || at >= this.#begins(counted, at) + within_s;
    const is = isWhole && isBeyond(value, this.#condition) ? 'true' : 'false';
    return { key, is, at, value, event };
  }

  /** From when on the window counts: what nobody could send is not missed. */
  #begins(counted: Counted, at: number): number {
    if (this.#during === null) return counted.since;
    return Math.max(counted.since, openSince(this.#during, at) ?? Number.POSITIVE_INFINITY);
  }

  #nextChange(counted: Counted, at: number): number {
    const { within_s, below } = this.#condition;
    const leaving = counted.times.find((time) => time + within_s > at);
    const whole = below === null ? Number.POSITIVE_INFINITY : this.#begins(counted, at) + within_s;
    return Math.min(
      leaving === undefined ? Number.POSITIVE_INFINITY : leaving + within_s,
      whole > at ? whole : Number.POSITIVE_INFINITY,
      // A schedule opens and closes without anybody saying so.
      this.#during === null ? Number.POSITIVE_INFINITY : at + 60,
    );
  }
}
