import type { Database, Statement } from 'better-sqlite3';
import type { FireLife, SignalLife } from './life.js';
import type { LifeTally } from './life-tally.js';

/** What is counted by pattern. The sums are whole microseconds, so that adding and taking away stays exact. */
export const tallyColumns = [
  'signals',
  'fired',
  'wins',
  'losses',
  'fires',
  'executed',
  'confirmed',
  'closed',
  'trade_wins',
  'trade_losses',
  'to_fire_n',
  'to_fire_us',
  'to_execute_n',
  'to_execute_us',
  'to_confirm_n',
  'to_confirm_us',
  'to_outcome_n',
  'to_outcome_us',
] as const;

type Sums = Float64Array;

/** Beyond thirty years a time is a mistake, and would drown all others in a mean. */
const latency_us_max = 1e15;

/**
 * What lives add to the counts of their patterns. A life that changes is taken away as it was and added as it is:
 * so the counts are what counting all lives would give, whatever came in which order.
 */
export class PatternTally implements LifeTally {
  readonly #changes = new Map<number, Sums>();
  readonly #update: Statement;

  constructor(db: Database, schema = 'main') {
    const sums = tallyColumns.map((name) => `${name} = ${name} + CAST(? AS INTEGER)`).join(', ');
    this.#update = db.prepare(`UPDATE ${schema}.pattern_rows SET ${sums} WHERE pattern_id = ?`);
  }

  addSignal(life: SignalLife, sign: 1 | -1): void {
    const sums = this.#of(life.pattern_id);
    if (life.generated_seq !== null) sums[0]! += sign;
    if (life.fires > 0) sums[1]! += sign;
    if (life.won !== null) sums[life.won === 1 ? 2 : 3]! += sign;
  }

  addFire(life: FireLife, sign: 1 | -1): void {
    const sums = this.#of(life.pattern_id);
    if (life.fired_seq !== null) sums[4]! += sign;
    if (life.executed_seq !== null) sums[5]! += sign;
    if (life.confirmed_seq !== null) sums[6]! += sign;
    if (life.outcome_seq !== null) sums[7]! += sign;
    if (life.won !== null) sums[life.won === 1 ? 8 : 9]! += sign;
    addLatency(sums, 10, sign, life.signal_at, life.fired_at);
    addLatency(sums, 12, sign, life.fired_at, life.executed_at);
    addLatency(sums, 14, sign, life.executed_at, life.confirmed_at);
    addLatency(sums, 16, sign, life.executed_at, life.outcome_at);
  }

  settle(): void {
    for (const [pattern, sums] of this.#changes) {
      if (sums.some((sum) => sum !== 0)) this.#update.run(...sums, pattern);
    }
    this.#changes.clear();
  }

  forget(): void {
    this.#changes.clear();
  }

  #of(pattern: number): Sums {
    let sums = this.#changes.get(pattern);
    if (sums === undefined) {
      sums = new Float64Array(tallyColumns.length);
      this.#changes.set(pattern, sums);
    }
    return sums;
  }
}

function addLatency(sums: Sums, i: number, sign: 1 | -1, from: number | null, to: number | null): void {
  if (from === null || to === null) return;
  const latency_us = Math.round((to - from) * 1e6);
  if (!(Math.abs(latency_us) <= latency_us_max)) return;
  sums[i]! += sign;
  sums[i + 1]! += sign * latency_us;
}
