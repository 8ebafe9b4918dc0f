import type { Database, Statement } from 'better-sqlite3';
import type { TimeRange } from '../as-of/state.js';
import { bucketOf, day_s, hour_s, millionths } from './buckets.js';
import type { SignalStats, SymbolStats, VolumeQuery, VolumeStats } from './rollups.js';

const steps_max = 1_000;

/** The hours or days that a stretch of time touches: counted whole, for more is not known. */
export function bucketsOf({ from, to }: TimeRange, size_s: number): { first: number; last: number } {
  const bound = Number.MAX_SAFE_INTEGER;
  return { first: bucketOf(from, size_s) ?? -bound, last: bucketOf(to, size_s) ?? bound };
}

/** The width of a step: whole hours, and no more steps than can be drawn. */
export function stepOf({ from, to, step_s = hour_s }: VolumeQuery): number {
  const wanted = Math.max(1, Math.round(step_s / hour_s));
  const least = Math.ceil((to - from) / hour_s / steps_max);
  return Math.max(wanted, least) * hour_s;
}

interface VolumeRow {
  step: number;
  type: string;
  rows: number;
}

/** The steps as columns of equal length. */
export function volumeOf(query: VolumeQuery, rows: readonly VolumeRow[]): VolumeStats {
  const step_s = stepOf(query);
  const first = Math.floor(query.from / step_s);
  const count = Math.max(1, Math.floor(query.to / step_s) - first + 1);
  const at = Array.from({ length: count }, (_, i) => (first + i) * step_s);
  const totals = new Map<string, number>();
  for (const { type, rows: n } of rows) totals.set(type, (totals.get(type) ?? 0) + n);
  const names = [...totals].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([name]) => name);
  const series = Object.fromEntries(names.map((name) => [name, new Array<number>(count).fill(0)]));
  for (const { step, type, rows: n } of rows) {
    const column = series[type]!;
    if (step >= first && step < first + count) column[step - first]! += n;
  }
  return { step_s, at, series };
}

/** Answers from the counts that are kept. */
export class RollupReader {
  readonly #db: Database;
  readonly #patterns: Statement;
  readonly #hours: Statement;
  readonly #symbols: Statement;
  readonly #volume: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#patterns = db.prepare(`SELECT p.name AS pattern, sum(h.signals) AS signals,
        sum(h.confidence_u) / ${millionths}.0 / nullif(sum(h.confidence_n), 0) AS confidence,
        sum(h.wins) AS wins, sum(h.losses) AS losses
      FROM signal_hours h LEFT JOIN pattern_rows p ON p.pattern_id = h.pattern_id
      WHERE h.hour >= ? AND h.hour <= ? GROUP BY h.pattern_id ORDER BY signals DESC, pattern`);
    this.#hours = db.prepare(`SELECT ((hour % 24) + 24) % 24 AS hour, sum(signals) AS signals,
        sum(wins) AS wins, sum(losses) AS losses
      FROM signal_hours WHERE hour >= ? AND hour <= ? GROUP BY 1 ORDER BY 1`);
    this.#symbols = db.prepare(`SELECT symbol, sum(fires) AS fires, sum(executed) AS executed,
        sum(closed) AS closed, sum(wins) AS wins, sum(losses) AS losses,
        CASE WHEN sum(profit_n) > 0 THEN sum(profit_u) / ${millionths}.0 END AS profit
      FROM symbol_days WHERE day >= ? AND day <= ? GROUP BY symbol ORDER BY fires DESC, symbol`);
    // Steps are counted from 1970, as hours are; a time before that would be a mistake.
    this.#volume =
      db.prepare(`SELECT h.hour * ${hour_s} / CAST(:step AS INTEGER) AS step, t.name AS type, sum(h.rows) AS rows
      FROM event_hours h JOIN event_types t ON t.type_id = h.type_id
      WHERE h.hour >= :first AND h.hour <= :last GROUP BY 1, h.type_id`);
  }

  signals(range: TimeRange): SignalStats {
    const { first, last } = bucketsOf(range, hour_s);
    return this.#db.transaction(() => ({
      patterns: this.#patterns.all(first, last) as SignalStats['patterns'],
      hours: this.#hours.all(first, last) as SignalStats['hours'],
    }))();
  }

  symbols(range: TimeRange): SymbolStats[] {
    const { first, last } = bucketsOf(range, day_s);
    return this.#symbols.all(first, last) as SymbolStats[];
  }

  volume(query: VolumeQuery): VolumeStats {
    const { first, last } = bucketsOf(query, hour_s);
    const step = stepOf(query);
    // Whole steps: what is counted is what is drawn.
    const whole = {
      first: (Math.floor((first * hour_s) / step) * step) / hour_s,
      last: (Math.floor((last * hour_s) / step) * step + step) / hour_s - 1,
      step,
    };
    return volumeOf(query, this.#volume.all(whole) as VolumeRow[]);
  }
}
