import { isBeyond, type SystemCondition } from '../when.js';
import type { Verdict, Watcher } from './watcher.js';

/** A figure of the system, as whoever measures it tells it. */
export class SystemWatcher implements Watcher {
  readonly deadline = Number.POSITIVE_INFINITY;
  readonly #condition: SystemCondition;

  constructor(condition: SystemCondition) {
    this.#condition = condition;
  }

  see(): Verdict[] {
    return [];
  }

  measure(figures: Readonly<Record<string, number>>, at: number): Verdict[] {
    const value = figures[this.#condition.figure];
    if (value === undefined) return [];
    return [{ key: '', is: isBeyond(value, this.#condition) ? 'true' : 'false', at, value, event: null }];
  }

  pass(): Verdict[] {
    return [];
  }

  save(): null {
    return null;
  }

  load(): void {}
}
