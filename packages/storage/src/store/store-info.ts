import { statSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import type { StoreGap, StoreSummary, TypeSummary } from './types.js';

export type FollowedLog = 'events' | 'dead_letters';

/** What the store knows about itself: the log it follows, how far it is, and what it holds. */
export class StoreInfo {
  readonly #db: Database;
  readonly #logId: Statement;
  readonly #bind: Statement;
  readonly #cursor: Statement;
  readonly #advance: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#logId = db.prepare("SELECT value FROM store_info WHERE key = 'log_id'").pluck();
    this.#bind = db.prepare("INSERT OR REPLACE INTO store_info VALUES ('log_id', ?)");
    this.#cursor = db.prepare('SELECT next FROM follow_cursors WHERE log = ?').pluck();
    this.#advance = db.prepare('UPDATE follow_cursors SET next = ? WHERE log = ?');
  }

  logId(): string | null {
    return (this.#logId.get() as string | undefined) ?? null;
  }

  bind(logId: string): void {
    this.#bind.run(logId);
  }

  cursor(log: FollowedLog): number {
    return this.#cursor.get(log) as number;
  }

  /** Belongs in the transaction of the rows before `next`. */
  advance(log: FollowedLog, next: number): void {
    this.#advance.run(next, log);
  }

  addGap({ log, from, to, why, noticed_at }: StoreGap): void {
    this.#db.prepare('INSERT INTO gaps VALUES (?, ?, ?, ?, ?)').run(log, from, to, why, noticed_at);
  }

  gaps(): StoreGap[] {
    return this.#db
      .prepare('SELECT log, from_seq AS "from", to_seq AS "to", why, noticed_at FROM gaps ORDER BY rowid')
      .all() as StoreGap[];
  }

  summary(): StoreSummary {
    return this.#db.transaction(() => {
      const byType = this.#db
        .prepare(`SELECT event_type, count AS rows, first_seen AS first_timestamp, last_seen AS last_timestamp
          FROM event_stats ORDER BY count DESC, event_type`)
        .all() as TypeSummary[];
      return {
        log_id: this.logId(),
        rows: byType.reduce((sum, type) => sum + type.rows, 0),
        by_type: byType,
        first_timestamp: least(byType.map((type) => type.first_timestamp)),
        last_timestamp: most(byType.map((type) => type.last_timestamp)),
        dead_letters: this.#db.prepare('SELECT COUNT(*) FROM dead_letters').pluck().get() as number,
        dead_letters_open: this.#db
          .prepare("SELECT COUNT(*) FROM dead_letters WHERE status = 'open'")
          .pluck()
          .get() as number,
        bytes: this.#databaseBytes(),
        wal_bytes: fileBytes(`${this.#db.name}-wal`),
        cursors: { events: this.cursor('events'), dead_letters: this.cursor('dead_letters') },
      };
    })();
  }

  /** Not the size of the file: tens of megabytes may still be in the write-ahead log alone, some of them twice. */
  #databaseBytes(): number {
    const pages = this.#db.pragma('page_count', { simple: true }) as number;
    return pages * (this.#db.pragma('page_size', { simple: true }) as number);
  }
}

/** Not `Math.min(...times)`: there may be more types than a call takes arguments. */
export function least(times: readonly number[]): number | null {
  return times.reduce<number | null>((min, time) => (min === null || time < min ? time : min), null);
}

export function most(times: readonly number[]): number | null {
  return times.reduce<number | null>((max, time) => (max === null || time > max ? time : max), null);
}

function fileBytes(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
