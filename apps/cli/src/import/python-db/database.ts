import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { BadFileError } from '../bad-file.js';

/** One row of the Python collector's `events`, as SQLite holds it: its columns take values of any kind. */
export type PythonRow = [
  /** A bigint only where a number would be another one. */
  id: number | bigint,
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

/** The highest id that SQLite has. */
const id_max = 2n ** 63n - 1n;

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

  /** The lowest and the highest id there is, rounded where they are huge; 0 for an empty table. */
  idRange(): { first: number; last: number } {
    const sql = 'SELECT (SELECT MIN(id) FROM events), (SELECT MAX(id) FROM events)';
    const [first, last] = this.#read(() => this.#db.prepare(sql).raw().get()) as Array<number | null>;
    return { first: first ?? 0, last: last ?? 0 };
  }

  /** The rows in the order of their ids, a page at a time. */
  *pages(): Generator<PythonRow[]> {
    const page = this.#db
      .prepare(
        `SELECT CAST(id AS TEXT), ${columns.slice(1).join(', ')}, json_valid(data_json)
        FROM events WHERE id >= ? ORDER BY id LIMIT ${page_rows}`,
      )
      .raw();
    for (let next = -(2n ** 63n); next <= id_max; ) {
      const rows = this.#read(() => page.all(next)) as unknown[][];
      const last = rows.at(-1);
      if (last === undefined) return;
      next = BigInt(last[0] as string) + 1n;
      yield rows.map((row) => [exactId(row[0] as string), ...row.slice(1)] as PythonRow);
    }
  }

  /** How many rows there are of each type on each day (UTC), up to an id; all of them where it is a rounded one. */
  counts(lastId: number): DayCounts {
    const upTo = Number.isSafeInteger(lastId) ? lastId : id_max;
    const sql = `SELECT event_type, date(timestamp, 'unixepoch'), COUNT(*) FROM events WHERE id <= ? GROUP BY 1, 2`;
    const rows = this.#read(() => this.#db.prepare(sql).raw().all(upTo));
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
  const counts: DayCounts = new Map();
  for (const [type, day, count] of rows) {
    const key = `${String(type)} ${day === null ? '?' : String(day)}`;
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return counts;
}

function exactId(digits: string): number | bigint {
  const id = Number(digits);
  return Number.isSafeInteger(id) ? id : BigInt(digits);
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
  const code = cause instanceof Database.SqliteError ? cause.code : '';
  return new BadFileError(file, {
    found: cause instanceof Error ? cause.message : String(cause),
    expected: 'a SQLite database that can be read',
    remedy: code.startsWith('SQLITE_CORRUPT')
      ? `it is damaged: sqlite3 ${file} .recover | sqlite3 recovered.db, then import that one`
      : 'check its permissions, and those of its folder: a database in WAL mode needs its -shm beside it',
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
  if (missing.length > 0) {
    throw new BadFileError(file, {
      found: there.length === 0 ? 'no table events' : `a table events without ${missing.join(', ')}`,
      expected: 'the database of the Python collector',
      remedy: 'name its bitten_events.db',
    });
  }
  // Rows are read in the order of their ids, each id once: of any other column nothing says that it is so.
  if (isKeyedById(db)) return;
  throw new BadFileError(file, {
    found: 'events is a view, or its id is not its INTEGER PRIMARY KEY',
    expected: 'the database of the Python collector',
    remedy: 'name its bitten_events.db, or copy the rows into a table that is made as there',
  });
}

function isKeyedById(db: Database.Database): boolean {
  const keys = db
    .prepare(`SELECT c.name, upper(c.type) AS type FROM sqlite_schema s, pragma_table_info(s.name) c
      WHERE s.type = 'table' AND lower(s.name) = 'events' AND c.pk > 0`)
    .all() as Array<{ name: string; type: string }>;
  return keys.length === 1 && keys[0]!.name === 'id' && keys[0]!.type === 'INTEGER';
}

/** Which database it is: the digest of its first row, for as long as that stays. */
export function databaseName(first: PythonRow): string {
  return createHash('sha256')
    .update(
      JSON.stringify(first.slice(0, 9), (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    )
    .digest('hex')
    .slice(0, 8);
}
