import type { Database, Statement } from 'better-sqlite3';
import { sqlOfAppendedAt } from './appended-at.js';
import { LifeRemover } from './lives/life-remover.js';
import { specialTables } from './special-rows.js';
import { type FollowedLog, StoreInfo } from './store-info.js';

export interface StoreRetentionPolicy {
  /** Remove rows of events appended, and dead letters received, before this time; Unix seconds. */
  appendedBefore?: number;
  /** Remove the oldest rows while the database's pages in use are more than this. */
  bytesMax?: number;
  /** Remove at most so many rows of each kind now. */
  rowsMax: number;
}

/** How many rows went. */
export interface RemovedRows {
  events: number;
  dead_letters: number;
}

/** Tells these gaps from those of the log's own retention. */
const why = 'removed from the store by its retention';

/** The oldest row still there. */
interface Oldest {
  seq: number;
  time: number;
}

/**
 * Removes the oldest rows, a batch at a time, within the caller's transaction: rows of `event_rows`, their special
 * rows, the lives that end with them, and dead letters. The counts in `event_stats` follow by a trigger, and `gaps` says how far it has come.
 *
 * The file does not become smaller: pages that become free are used again, so it stays as large as it has been.
 */
export class RowRemover {
  readonly #db: Database;
  readonly #info: StoreInfo;
  readonly #oldest: Record<FollowedLog, Statement>;
  readonly #removals: Record<FollowedLog, Statement[]>;
  readonly #moveGap: Statement;
  readonly #lives: LifeRemover;

  constructor(db: Database) {
    this.#db = db;
    this.#info = new StoreInfo(db);
    this.#lives = new LifeRemover(db);
    this.#oldest = {
      events: db.prepare(
        `SELECT r.seq AS seq, ${sqlOfAppendedAt('r')} AS time FROM event_rows r ORDER BY r.seq LIMIT ?`,
      ),
      dead_letters: db.prepare('SELECT id AS seq, received_at AS time FROM dead_letters ORDER BY id LIMIT ?'),
    };
    this.#removals = {
      events: [
        db.prepare('DELETE FROM event_rows WHERE seq < ?'),
        ...specialTables.map((table) => db.prepare(`DELETE FROM ${table} WHERE event_id < ?`)),
      ],
      dead_letters: [db.prepare('DELETE FROM dead_letters WHERE id < ?')],
    };
    this.#moveGap = db.prepare(
      'UPDATE gaps SET to_seq = ?, noticed_at = ? WHERE log = ? AND why = ? AND to_seq = ?',
    );
  }

  remove({ appendedBefore, bytesMax, rowsMax }: StoreRetentionPolicy, now: number): RemovedRows {
    const removed = { events: 0, dead_letters: 0 };
    if (appendedBefore !== undefined) {
      for (const log of ['events', 'dead_letters'] as const) {
        if ((this.#first(log)?.time ?? appendedBefore) >= appendedBefore) continue;
        const rows = this.#oldestRows(log, rowsMax);
        const kept = rows.findIndex(({ time }) => time >= appendedBefore);
        removed[log] += this.#removeRows(log, kept === -1 ? rows : rows.slice(0, kept), now);
      }
    }
    if (bytesMax !== undefined && this.#usedBytes() > bytesMax) {
      const log = this.#older();
      removed[log] += this.#removeRows(log, this.#oldestRows(log, rowsMax), now);
    }
    return removed;
  }

  #first(log: FollowedLog): Oldest | undefined {
    return this.#oldest[log].get(1) as Oldest | undefined;
  }

  #oldestRows(log: FollowedLog, limit: number): Oldest[] {
    return this.#oldest[log].all(limit) as Oldest[];
  }

  /** Whichever has waited longer goes first: a flood of dead letters must not push out the events, nor stay. */
  #older(): FollowedLog {
    const [event, letter] = [this.#first('events'), this.#first('dead_letters')];
    if (letter === undefined) return 'events';
    return event === undefined || letter.time < event.time ? 'dead_letters' : 'events';
  }

  #removeRows(log: FollowedLog, rows: readonly Oldest[], now: number): number {
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return 0;
    const to = last.seq + 1;
    if (log === 'events') this.#lives.remove(to);
    for (const statement of this.#removals[log]) statement.run(to);
    if (this.#moveGap.run(to, now, log, why, first.seq).changes === 0) {
      this.#info.addGap({ log, from: first.seq, to, why, noticed_at: now });
    }
    return rows.length;
  }

  #usedBytes(): number {
    const pragma = (name: string) => this.#db.pragma(name, { simple: true }) as number;
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }
}
