import { BittenError } from '@bitten/schema';
import type { Database, Statement } from 'better-sqlite3';
import type { Silence } from './types.js';

const columns = 'id, rule, key, from_at AS "from", until_at AS until, reason, by';

/** There is no such silence, or it is over. */
export class NoSuchSilenceError extends BittenError {
  constructor(id: number) {
    super('no_such_silence', `there is no silence ${id} now`, {
      found: String(id),
      remedy: 'bitten alerts silences lists those there are',
    });
  }
}

/** What keeps alerts from being delivered. */
export class Silences {
  readonly #clock: () => number;
  readonly #add: Statement;
  readonly #end: Statement;
  readonly #now: Statement;
  readonly #covering: Statement;

  constructor(db: Database, clock: () => number) {
    this.#clock = clock;
    this.#add = db.prepare(`INSERT INTO silences (rule, key, from_at, until_at, reason, by)
      VALUES (?, ?, ?, ?, ?, ?) RETURNING ${columns}`);
    this.#end = db.prepare('UPDATE silences SET until_at = ? WHERE id = ? AND until_at > ?');
    this.#now = db.prepare(`SELECT ${columns} FROM silences WHERE until_at > ? ORDER BY until_at`);
    this.#covering = db
      .prepare(`SELECT id FROM silences WHERE from_at <= :at AND until_at > :at
        AND (rule IS NULL OR rule = :rule) AND (key IS NULL OR key = :key) ORDER BY until_at DESC LIMIT 1`)
      .pluck();
  }

  add({ rule, key, from, until, reason, by }: Omit<Silence, 'id'>): Silence {
    return this.#add.get(rule, key, from, until, reason, by) as Silence;
  }

  /** Throws `NoSuchSilenceError`. */
  end(id: number): void {
    const now = this.#clock();
    if (this.#end.run(now, id, now).changes === 0) throw new NoSuchSilenceError(id);
  }

  /** Those that are not over, the one that ends first first. */
  list(): Silence[] {
    return this.#now.all(this.#clock()) as Silence[];
  }

  /** The silence that keeps this quiet now; null where none does. */
  covering({ rule, key }: { rule: string; key: string }): number | null {
    return (this.#covering.get({ at: this.#clock(), rule, key }) as number | undefined) ?? null;
  }
}
