import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { BittenError } from '@bitten/schema';
import Database from 'better-sqlite3';
import { bookId, bookSchema, bookVersion } from './book-schema.js';

/** The book's name in the data folder. */
export const bookFile = 'alerts.db';

/** The book cannot be used. */
export class BookError extends BittenError {
  constructor(file: string, found: string, remedy: string) {
    super('bad_book', `the book of alerts ${file} cannot be used: ${found}`, {
      found,
      expected: `a book of version ${bookVersion}`,
      remedy,
    });
  }
}

/**
 * Opens the book, and makes it where it is missing, for this user alone. Several programs may have it open: each
 * change is one short transaction, and waits its turn. Throws `BookError`.
 */
export function openBookDatabase(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(file);
  if (isNew) closeSync(openSync(file, 'a', 0o600));
  const db = new Database(file, { timeout: 5_000 });
  try {
    chmodSync(file, 0o600);
    db.pragma('journal_mode = WAL');
    // A notification that was said to be recorded is there after the power has failed.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.transaction(() => prepare(db, file)).immediate();
    return db;
  } catch (error) {
    db.close();
    if (error instanceof BittenError || !(error instanceof Database.SqliteError)) throw error;
    throw new BookError(file, error.message, 'move the file away: a new one begins at the end of the log');
  }
}

function prepare(db: Database.Database, file: string): void {
  const id = db.pragma('application_id', { simple: true });
  const version = Number(db.pragma('user_version', { simple: true }));
  if (id === bookId && version === bookVersion) return;
  if (id === bookId) {
    throw new BookError(file, `version ${version}`, 'use the release that made it, or move the file away');
  }
  const tables = db.prepare("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table'").pluck().get();
  if (tables !== 0)
    throw new BookError(file, 'a database of something else', 'move it away, or name another folder');
  db.exec(bookSchema);
  db.pragma(`application_id = ${bookId}`);
  db.pragma(`user_version = ${bookVersion}`);
}
