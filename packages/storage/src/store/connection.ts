import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { MissingStoreError } from './errors.js';
import { type Migration, migrate, requireCurrent } from './migrations.js';
import { withSqliteErrors } from './sqlite-errors.js';

/** Measured in docs/adr/0002-store-synchronous-full.md and 0003-lean-tables.md. */
const pageBytes = 4096;
const walBytesMax = 64 * 1024 * 1024;
const writerCacheBytes = 32 * 1024 * 1024;
const readerCacheBytes = 16 * 1024 * 1024;

export interface ConnectionOptions {
  file: string;
  migrations: readonly Migration[];
  /** How long to wait for another connection's lock, milliseconds. */
  busyWait_ms: number;
}

/** Opens the store for its one writer: makes it where it is missing, and migrates it. */
export function openWriter(options: ConnectionOptions): Database.Database {
  return opened(options, false, (db) => {
    // Before anything is changed, so that a stranger's file is left as it was.
    migrate(db, options);
    chmodSync(options.file, 0o600);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`wal_autocheckpoint = ${walBytesMax / pageBytes}`);
    db.pragma(`journal_size_limit = ${walBytesMax}`);
    db.pragma(`cache_size = ${-writerCacheBytes / 1024}`);
    db.pragma('temp_store = MEMORY');
  });
}

/**
 * Opens a store that is being made: until it is whole nobody needs it, so nothing is synced on the way. A crash
 * leaves a file without meaning.
 */
export function openScratch(options: ConnectionOptions): Database.Database {
  return opened(options, false, (db) => {
    migrate(db, options);
    chmodSync(options.file, 0o600);
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    db.pragma(`cache_size = ${-writerCacheBytes / 1024}`);
    db.pragma('temp_store = MEMORY');
  });
}

/** Opens a whole store that is not in its place yet, to add to it. Its file stays the only one. */
export function openPrepared(options: ConnectionOptions): Database.Database {
  return opened(options, false, (db) => {
    requireCurrent(db, options);
    db.pragma('journal_mode = DELETE');
    db.pragma('synchronous = FULL');
  });
}

/** Opens the store for queries, beside a writer or without one. Throws `MissingStoreError`. */
export function openReader(options: ConnectionOptions): Database.Database {
  if (!existsSync(options.file)) throw new MissingStoreError(options.file);
  return opened(options, true, (db) => {
    requireCurrent(db, options);
    db.pragma(`cache_size = ${-readerCacheBytes / 1024}`);
    db.pragma('temp_store = MEMORY');
  });
}

function opened(
  { file, busyWait_ms }: ConnectionOptions,
  readonly: boolean,
  prepare: (db: Database.Database) => void,
): Database.Database {
  return withSqliteErrors(file, () => {
    if (!readonly) makePrivate(file);
    const db = new Database(file, { readonly, fileMustExist: true, timeout: busyWait_ms });
    try {
      prepare(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** SQLite would create the file by the umask; its -wal and -shm take over the mode of the file. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
