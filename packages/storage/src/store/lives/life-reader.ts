import type { Database, Statement } from 'better-sqlite3';
import { sqlOfAppendedAt } from '../appended-at.js';
import { lifeConditions } from '../schema-v2.js';
import { sqlOfFires, sqlOfUnfired } from './life-sql.js';
import {
  type HopName,
  type Lifecycle,
  type LifecycleQuery,
  type LifecycleState,
  lifeCount_max,
  type PatternStats,
  slowAmong,
} from './lifecycle.js';

/** What makes a fire one of its kind, and a signal that nobody has fired; null where there is no such thing. */
interface Search {
  fires: string | null;
  signals: string | null;
}

/** Lives whose first event is from here up to, not including, there. */
interface Stretch {
  from: number;
  to: number;
  limit: number;
}

const { signals, fires } = lifeConditions;

const searches: Record<LifecycleState | 'all', Search> = {
  all: { fires: '1', signals: 'fires = 0' },
  open: { fires: fires.open, signals: signals.open },
  'never-executed': { fires: fires.never_executed, signals: null },
  orphans: { fires: fires.orphans, signals: signals.orphans },
  duplicates: { fires: fires.duplicates, signals: signals.duplicates },
  expired: { fires: fires.expired, signals: signals.expired },
};

/** Finds lives, newest first: which ones from an index, then those. */
export class LifeReader {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
  }

  select({ id, state, since, before, limit }: LifecycleQuery & { limit: number }): Lifecycle[] {
    return this.#db.transaction(() => {
      if (id !== undefined) return this.#byId(id, limit);
      const from = since === undefined ? 0 : this.#firstSince(since);
      return this.#newest(searches[state ?? 'all'], { from, to: before ?? Number.MAX_SAFE_INTEGER, limit });
    })();
  }

  /** The fires that took longest from one step to the next, among the newest; the slowest first. */
  slowest(hop: HopName, limit: number): Lifecycle[] {
    const sql = `SELECT * FROM (SELECT * FROM (${sqlOfFires} ORDER BY f.no DESC LIMIT ${slowAmong}))
      WHERE ${hop} IS NOT NULL ORDER BY ${hop} DESC, first_seq DESC LIMIT ?`;
    return this.#all(sql, limit);
  }

  /** How many there are of each kind, at most `lifeCount_max`. */
  counts(): Record<LifecycleState | 'all', number> {
    return this.#db.transaction(() => {
      const counted = Object.entries(searches).map(([state, search]) => {
        const of = (table: string, condition: string | null) => {
          if (condition === null) return 0;
          const sql = `SELECT COUNT(*) FROM (SELECT 1 FROM ${table} WHERE ${condition} AND no >= 0 LIMIT ${lifeCount_max})`;
          return this.#statement(sql, true).get() as number;
        };
        const count = of('fire_lives', search.fires) + of('signal_lives', search.signals);
        return [state, Math.min(count, lifeCount_max)];
      });
      return Object.fromEntries(counted) as Record<LifecycleState | 'all', number>;
    })();
  }

  patterns(): PatternStats[] {
    return this.#statement(
      'SELECT * FROM pattern_stats ORDER BY signals DESC, pattern',
    ).all() as PatternStats[];
  }

  /** What became of a fire, or of a signal: one row for each fire of it, the newest first. */
  #byId(id: string, limit: number): Lifecycle[] {
    const fired = this.#all(`${sqlOfFires} WHERE f.fire_id = ?`, id);
    if (fired.length > 0) return fired.slice(0, limit);
    const firesOfIt = `${sqlOfFires} WHERE f.signal_no = (SELECT no FROM signal_lives WHERE signal_id = ?)
      ORDER BY f.no DESC LIMIT ?`;
    const rows = this.#all(firesOfIt, id, limit);
    return rows.length > 0 ? rows : this.#unfired('s.signal_id = ?', id);
  }

  #newest(search: Search, { from, to, limit }: Stretch): Lifecycle[] {
    const fired = this.#keys('fire_lives', search.fires, { from, to, limit });
    // Signals that are older than all the fires there is room for need not be looked at.
    const bound = fired.length < limit ? from : (fired.at(-1) ?? from);
    const unfired = this.#keys('signal_lives', search.signals, { from: bound, to, limit });
    return [
      ...this.#all(`${sqlOfFires} WHERE f.no IN (SELECT value FROM json_each(?))`, JSON.stringify(fired)),
      ...this.#unfired('s.no IN (SELECT value FROM json_each(?))', JSON.stringify(unfired)),
    ]
      .sort((a, b) => b.first_seq - a.first_seq)
      .slice(0, limit);
  }

  #keys(
    table: 'fire_lives' | 'signal_lives',
    condition: string | null,
    { from, to, limit }: Stretch,
  ): number[] {
    if (condition === null) return [];
    const sql = `SELECT no FROM ${table} WHERE ${condition} AND no >= ? AND no < ? ORDER BY no DESC LIMIT ?`;
    return this.#statement(sql, true).all(from, to, limit) as number[];
  }

  /** The view's second half gets its names from the first. */
  #unfired(condition: string, value: string): Lifecycle[] {
    return this.#all(`${sqlOfFires} WHERE f.no = 0 UNION ALL ${sqlOfUnfired} AND ${condition}`, value);
  }

  /** The first event that the bus got at a time or later; places and these times rise together. */
  #firstSince(since: number): number {
    const first = this.#statement(
      `SELECT r.seq AS seq, ${sqlOfAppendedAt('r')} AS time FROM event_rows r WHERE r.seq >= ? ORDER BY r.seq LIMIT 1`,
    );
    let low = 0;
    let high = ((this.#statement('SELECT max(seq) FROM event_rows', true).get() as number | null) ?? 0) + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = first.get(middle) as { seq: number; time: number } | undefined;
      if (row === undefined || row.time >= since) high = middle;
      else low = row.seq + 1;
    }
    return low;
  }

  #all(sql: string, ...values: Array<string | number>): Lifecycle[] {
    return this.#statement(sql).all(...values) as Lifecycle[];
  }

  #statement(sql: string, plucks = false): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      if (plucks) statement.pluck();
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
