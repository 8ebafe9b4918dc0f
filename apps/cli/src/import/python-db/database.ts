import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { BadFileError } from '../bad-file.js';

/** One row of the Python collector's `events`, as SQLite holds it: its columns take values of any kind. */
export type PythonRow = [
  id: number,
  event_type: unknown,
  timestamp: unknown,
  source: unknown,
  correlation_id: unknown,
  user_id: unknown,
  session_id: unknown,
  data_json: unknown,
  created_at: unknown,
  /** 1 where `data_json` is JSON; Python's own writer also makes NaN, which is none. */
  is_json: number | null,
];

const columns = [
  'id',
  'event_type',
  'timestamp',
  'source',
  'correlation_id',
  'user_id',
  'session_id',
  'data_json',
  'created_at',
];

/** So many rows are read at a time: between two pages nothing of the database is locked. */
const page_rows = 5_000;
/** `PRAGMA application_id` of the store of this bus: it has the same file name, and is none of Python's. */
const ownApplicationId = 0x42495454;

/** The database of the Python system, opened for reading only; its collector may go on writing. */
export class PythonDatabase {
  readonly #file: string;
  readonly #db: Database.Database;

  /** Throws `BadFileError` for anything else, as every method does for one that is damaged. */
  constructor(file: string) {
    this.#file = file;
    this.#db = open(file);
    try {
      this.#read(() => requireEvents(this.#db, file));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** The highest id there is; 0 for an empty table. */
  lastId(): number {
    const last = this.#read(() => this.#db.prepare('SELECT MAX(id) FROM events').pluck().get());
    return (last as number | null) ?? 0;
  }

  /** The rows in the order of their ids, a page at a time. */
  *pages(): Generator<PythonRow[]> {
    const page = this.#db
      .prepare(
        `SELECT ${columns.join(', ')}, json_valid(data_json) FROM events WHERE id > ? ORDER BY id LIMIT ${page_rows}`,
      )
      .raw();
    for (let after = -1; ; ) {
      const rows = this.#read(() => page.all(after)) as PythonRow[];
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows;
      after = last[0];
    }
  }

  /** How many rows there are of each type on each day (UTC), up to an id. */
  counts(lastId: number): DayCounts {
    const sql = `SELECT event_type, date(timestamp, 'unixepoch'), COUNT(*) FROM events WHERE id <= ? GROUP BY 1, 2`;
    const rows = this.#read(() => this.#db.prepare(sql).raw().all(lastId));
    return dayCounts(rows as CountedDay[]);
  }

  close(): void {
    this.#db.close();
  }

  #read<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw error instanceof Database.SqliteError ? unreadable(this.#file, error) : error;
    }
  }
}

/** Type, day, and how many. */
export type CountedDay = [event_type: unknown, day: unknown, count: number];
/** How many events by `type day`; a day that cannot be told is `?`. */
export type DayCounts = Map<string, number>;

export function dayCounts(rows: readonly CountedDay[]): DayCounts {
  return new Map(
    rows.map(([type, day, count]) => [`${String(type)} ${day === null ? '?' : String(day)}`, count]),
  );
}

function open(file: string): Database.Database {
  if (!existsSync(file)) {
    throw new BadFileError(file, {
      found: 'no such file',
      expected: 'a database',
      remedy: 'check the path and its permissions',
    });
  }
  try {
    return new Database(file, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): BadFileError {
  return new BadFileError(file, {
    found: cause instanceof Error ? cause.message : String(cause),
    expected: 'a SQLite database that can be read',
    remedy: 'check its permissions, and those of its folder: a database in WAL mode needs its -shm beside it',
    cause,
  });
}

function requireEvents(db: Database.Database, file: string): void {
  if (db.pragma('application_id', { simple: true }) === ownApplicationId) {
    throw new BadFileError(file, {
      found: 'the store of a BITTEN Event Bus, which is made from its log',
      expected: 'the database of the Python collector',
      remedy:
        'bitten tail --from start -e --raw > events.jsonl beside its bus, then bitten import events.jsonl',
    });
  }
  const there = db.prepare("SELECT name FROM pragma_table_info('events')").pluck().all() as string[];
  const missing = columns.filter((name) => !there.includes(name));
  if (missing.length === 0) return;
  throw new BadFileError(file, {
    found: there.length === 0 ? 'no table events' : `a table events without ${missing.join(', ')}`,
    expected: 'the database of the Python collector',
    remedy: 'name its bitten_events.db',
  });
}

/** Which database it is: the digest of its first row, for as long as that stays. */
export function databaseName(first: PythonRow): string {
  return createHash('sha256')
    .update(JSON.stringify(first.slice(0, 9)))
    .digest('hex')
    .slice(0, 8);
}
