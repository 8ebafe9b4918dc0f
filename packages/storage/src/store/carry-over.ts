import type { Envelope } from '@bitten/schema';
import Database from 'better-sqlite3';
import { type OlderLives, readOlderLives } from './lives/life-carrier.js';
import { RowScan } from './row-scan.js';
import { withSqliteErrors } from './sqlite-errors.js';
import type { SqliteStore } from './sqlite-store.js';
import { type FollowedLog, StoreInfo } from './store-info.js';
import type { DeadLetter, LoggedEvent, StoreGap } from './types.js';

const batch_rows = 2_000;

/** Reads an old store for its rows. */
export class OldStore {
  readonly logId: string | null;
  readonly #file: string;
  readonly #db: Database.Database;
  readonly #info: StoreInfo;
  readonly #scan: RowScan;

  /** Throws what opening a store throws: a damaged file often cannot be opened. */
  constructor(file: string) {
    this.#file = file;
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
    this.#db = db;
    try {
      [this.#info, this.#scan, this.logId] = withSqliteErrors(file, () => {
        const info = new StoreInfo(db);
        return [info, new RowScan(db), info.logId()] as const;
      });
    } catch (error) {
      db.close();
      throw error;
    }
  }

  cursor(log: FollowedLog): number {
    return withSqliteErrors(this.#file, () => this.#info.cursor(log));
  }

  /**
   * Copies rows, and what is known of gaps, up to `to` into a store, from its cursor on and in batches. It stops at
   * the first hole, a place that has neither a row nor a gap: to pass it would be to lose what stood there without a
   * word. Yields how many rows each batch had. Throws `CorruptStoreError`.
   */
  *carry(into: SqliteStore, log: FollowedLog, to: number): Generator<number> {
    const gaps = this.#gaps(log);
    for (let next = into.cursor(log); next < to; next = into.cursor(log)) {
      const rows = this.#rows(log, { from: next, to, limit: batch_rows });
      const items = rows.slice(0, countJoined(rows, next));
      if (items.length > 0) {
        const span = { from: next, next: next + items.length };
        if (log === 'events') into.applyEvents({ ...span, items: items.map(eventOfRow) });
        else into.applyDeadLetters({ ...span, items: items.map(deadLetterOfRow) });
        yield items.length;
        continue;
      }
      const gap = gaps.find((known) => known.from <= next && next < known.to);
      if (gap === undefined) return;
      into.skip(log, { ...gap, to: Math.min(gap.to, placeOf(rows[0]) ?? to) });
    }
  }

  /** Where the hole that begins at `from` ends: at the next row or gap, at the latest at `to`. */
  endOfHole(log: FollowedLog, { from, to }: { from: number; to: number }): number {
    const [row] = this.#rows(log, { from, to, limit: 1 });
    const gaps = this.#gaps(log).filter((gap) => gap.from > from);
    return Math.min(to, placeOf(row) ?? to, ...gaps.map((gap) => gap.from));
  }

  /** What became of dead letters: the events that say it may be gone, or never have been. */
  statuses(): Array<{ id: number; status: string }> {
    return withSqliteErrors(
      this.#file,
      () =>
        this.#db.prepare("SELECT id, status FROM dead_letters WHERE status <> 'open'").all() as Array<{
          id: number;
          status: string;
        }>,
    );
  }

  /** What is known of lives that began before a place. */
  olderLives(oldest: number): OlderLives {
    return withSqliteErrors(this.#file, () => readOlderLives(this.#db, oldest));
  }

  close(): void {
    this.#db.close();
  }

  #gaps(log: FollowedLog): StoreGap[] {
    return withSqliteErrors(this.#file, () => this.#info.gaps()).filter((gap) => gap.log === log);
  }

  #rows(log: FollowedLog, { from, to, limit }: { from: number; to: number; limit: number }): unknown[][] {
    const table = log === 'events' ? 'event_rows' : 'dead_letters';
    return withSqliteErrors(this.#file, () => this.#scan.rows(table, from, to, limit));
  }
}

function placeOf(row: unknown[] | undefined): number | undefined {
  return row?.[0] as number | undefined;
}

/** How many of the rows follow each other from the place `from` on. */
function countJoined(rows: readonly unknown[][], from: number): number {
  const end = rows.findIndex((row, i) => placeOf(row) !== from + i);
  return end === -1 ? rows.length : end;
}

/** An event written anew from its row: another text, and exactly the same row again. */
function eventOfRow(row: unknown[]): LoggedEvent {
  const [seq, event_type, timestamp, source, correlation_id, user_id, session_id] = row;
  const [data, extra, appendedAt] = row.slice(8) as [string, string | null, number];
  const envelope = Object.entries({ event_type, timestamp, source, correlation_id, user_id, session_id })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const extras = extra === null ? [] : [extra.slice(1, -1)];
  const text = `{${[...envelope, ...extras, `"data":${data}`].join(',')}}`;
  return { seq: seq as number, appendedAt, text, event: JSON.parse(text) as Envelope };
}

function deadLetterOfRow(row: unknown[]): DeadLetter & { seq: number; appendedAt: number } {
  const [seq, received_at, door, producer, producer_seq, event_type, source, payload, encoding, issues] = row;
  return {
    seq,
    appendedAt: received_at,
    received_at,
    door,
    producer,
    producer_seq,
    event_type,
    source,
    payload,
    encoding,
    issues: JSON.parse(issues as string) as unknown,
  } as DeadLetter & { seq: number; appendedAt: number };
}
