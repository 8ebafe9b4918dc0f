import type { Database } from 'better-sqlite3';
import type { FireLife, SignalLife } from '../lives/life.js';
import type { LifeTally } from '../lives/life-tally.js';
import { bucketOf, day_s, hour_s, inMillionths } from './buckets.js';
import { DeltaTable } from './delta-table.js';

export const signalHourSums = ['signals', 'confidence_n', 'confidence_u', 'wins', 'losses'] as const;
export const symbolDaySums = [
  'fires',
  'executed',
  'closed',
  'wins',
  'losses',
  'profit_n',
  'profit_u',
] as const;

/**
 * What lives add to the counts of the hour their signal came in and of the day they were fired on. As with the counts
 * by pattern, a life that changes is taken away as it was and added as it is.
 */
export class LifeRollups implements LifeTally {
  readonly #hours: DeltaTable;
  readonly #days: DeltaTable;

  constructor(db: Database, schema = 'main') {
    this.#hours = new DeltaTable(db, {
      table: `${schema}.signal_hours`,
      keys: ['hour', 'pattern_id'],
      sums: signalHourSums,
    });
    this.#days = new DeltaTable(db, {
      table: `${schema}.symbol_days`,
      keys: ['day', 'symbol'],
      sums: symbolDaySums,
    });
  }

  addSignal(life: SignalLife, sign: 1 | -1): void {
    const hour = bucketOf(life.generated_at, hour_s);
    if (hour === null) return;
    const sums = this.#hours.of(hour, life.pattern_id);
    sums[0]! += sign;
    const confidence = inMillionths(life.confidence);
    if (confidence !== null) {
      sums[1]! += sign;
      sums[2]! += sign * confidence;
    }
    if (life.won !== null) sums[life.won === 1 ? 3 : 4]! += sign;
  }

  addFire(life: FireLife, sign: 1 | -1): void {
    const day = bucketOf(life.fired_at ?? life.executed_at ?? life.confirmed_at ?? life.outcome_at, day_s);
    if (day === null || life.symbol === null) return;
    const sums = this.#days.of(day, life.symbol);
    if (life.fired_seq !== null) sums[0]! += sign;
    if (life.executed_seq !== null) sums[1]! += sign;
    if (life.outcome_seq !== null) sums[2]! += sign;
    if (life.won !== null) sums[life.won === 1 ? 3 : 4]! += sign;
    const profit = inMillionths(life.profit);
    if (profit !== null) {
      sums[5]! += sign;
      sums[6]! += sign * profit;
    }
  }

  settle(): void {
    this.#hours.settle();
    this.#days.settle();
  }

  forget(): void {
    this.#hours.forget();
    this.#days.forget();
  }
}
