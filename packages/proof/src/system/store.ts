import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/** A row of `events`, as any SQL reads it. */
export interface EventRow {
  id: number;
  event_type: string;
  timestamp: number;
  source: string;
  correlation_id: string | null;
  user_id: string | null;
  session_id: string | null;
  data_json: string;
  created_at: number;
}

/** Reads the store beside the collector, without a lock on it; undefined where there is none yet. */
export function readStore<T>(file: string, read: (db: Database.Database) => T): T | undefined {
  if (!existsSync(file)) return undefined;
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** The next position of a log that the store has not applied; 0 where there is no store yet. */
export function storedUpTo(file: string, log: 'events' | 'dead_letters' = 'events'): number {
  const next = readStore(file, (db) =>
    // Being made just now, the store may not have its tables yet.
    hasTables(db)
      ? (db.prepare('SELECT next FROM follow_cursors WHERE log = ?').pluck().get(log) as number)
      : 0,
  );
  return next ?? 0;
}

function hasTables(db: Database.Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'follow_cursors'").get() !== undefined;
}

/** Whether the store holds an event of a type from a source. */
export function hasEvent(file: string, type: string, source: string): boolean {
  const sql = 'SELECT 1 FROM events WHERE event_type = ? AND source = ? LIMIT 1';
  return readStore(file, (db) => hasTables(db) && db.prepare(sql).get(type, source) !== undefined) ?? false;
}

/** Every event of the store in the order of `seq`. */
export function eventRows(file: string, where = '1'): EventRow[] {
  const sql = `SELECT * FROM events WHERE ${where} ORDER BY id`;
  return readStore(file, (db) => db.prepare(sql).all() as EventRow[]) ?? [];
}

export interface DeadLetterRow {
  id: number;
  door: string;
  producer: string | null;
  producer_seq: number | null;
  event_type: string | null;
  source: string | null;
  payload: string;
  encoding: string;
  issues_json: string;
  status: string;
}

export function deadLetterRows(file: string): DeadLetterRow[] {
  return (
    readStore(file, (db) => db.prepare('SELECT * FROM dead_letters ORDER BY id').all() as DeadLetterRow[]) ??
    []
  );
}
