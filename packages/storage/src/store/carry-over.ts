import type { Envelope } from '@bitten/schema';
import Database from 'better-sqlite3';
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

  /** Positions that this store knows it has not, of a log and before `to`. */
  gaps(log: FollowedLog, to: number): StoreGap[] {
    return withSqliteErrors(this.#file, () => this.#info.gaps())
      .filter((gap) => gap.log === log && gap.from < to)
      .map((gap) => ({ ...gap, to: Math.min(gap.to, to) }));
  }

  count(log: FollowedLog, from: number, to: number): number {
    return withSqliteErrors(this.#file, () => this.#scan.count(log, from, to));
  }

  /**
   * Copies the rows of `from` up to `to` into a store whose cursor stands at `from`, in batches, and moves its cursor
   * to `to`. Yields how many rows each batch had. Throws `CorruptStoreError`.
   */
  *carry(into: SqliteStore, log: FollowedLog, { from, to }: { from: number; to: number }): Generator<number> {
    for (let next = from; next < to; ) {
      const rows = withSqliteErrors(this.#file, () =>
        this.#scan.rows(log === 'events' ? 'event_rows' : 'dead_letters', next, to, batch_rows),
      );
      const end = rows.length < batch_rows ? to : (rows.at(-1)![0] as number) + 1;
      if (log === 'events') into.applyEvents({ from: next, next: end, items: rows.map(eventOfRow) });
      else into.applyDeadLetters({ from: next, next: end, items: rows.map(deadLetterOfRow) });
      yield rows.length;
      next = end;
    }
  }

  /** What people have done with dead letters is in no log. */
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

  close(): void {
    this.#db.close();
  }
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
