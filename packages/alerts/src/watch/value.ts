import { asNumber, type Expression } from '../expression.js';
import { scopeOf } from '../scope.js';
import { isBeyond, type ValueCondition } from '../when.js';
import { Keyed } from './keyed.js';
import type { Sighting, Verdict, Watcher } from './watcher.js';
import { type Sample, type Series, Since, type Summary, Window } from './window.js';

/** A number made from the events of a window, above or below another. */
export class ValueWatcher implements Watcher {
  readonly #condition: ValueCondition;
  readonly #expression: Expression;
  readonly #series = new Keyed<Series>();
  deadline = Number.POSITIVE_INFINITY;

  constructor(condition: ValueCondition, expression: Expression) {
    this.#condition = condition;
    this.#expression = expression;
  }

  see({ event, key, at }: Sighting): Verdict[] {
    const value = this.#numberOf(event);
    // An event without the number says nothing about it.
    if (value === undefined) return [];
    const series = this.#series.get(key) ?? this.#make(null);
    series.add(at, value);
    this.#series.set(key, series);
    this.deadline = Math.min(this.deadline, series.deadline);
    return [this.#judge(key, series, at, event)];
  }

  pass(at: number): Verdict[] {
    const verdicts: Verdict[] = [];
    this.deadline = Number.POSITIVE_INFINITY;
    for (const [key, series] of this.#series.entries()) {
      if (series.deadline <= at) {
        series.pass(at);
        verdicts.push(this.#judge(key, series, at, null));
      }
      this.deadline = Math.min(this.deadline, series.deadline);
    }
    return verdicts;
  }

  save(): unknown {
    return this.#series.save().map(([key, series]) => [key, series.save()]);
  }

  load(saved: unknown): void {
    this.#series.load((saved as Array<[string, unknown]>).map(([key, state]) => [key, this.#make(state)]));
    this.deadline = Number.NEGATIVE_INFINITY;
  }

  #numberOf(event: Sighting['event']): number | undefined {
    const value = this.#expression.of(scopeOf(event));
    if (this.#condition.function !== 'streak') return asNumber(value);
    return typeof value === 'boolean' ? Number(value) : undefined;
  }

  #judge(key: string, series: Series, at: number, event: Sighting['event'] | null): Verdict {
    const value = series.value(this.#condition.function);
    const is = value !== null && isBeyond(value, this.#condition) ? 'true' : 'false';
    return { key, is, at, value, event };
  }

  #make(state: unknown): Series {
    const { within_s } = this.#condition;
    if (within_s === null) return new Since(state as Summary | null);
    return new Window(within_s, (state ?? []) as Sample[]);
  }
}
