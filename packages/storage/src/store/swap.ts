import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BittenError } from '@bitten/schema';
import Database from 'better-sqlite3';
import { systemClock } from './applied-counts.js';
import { OldStore } from './carry-over.js';
import { openPrepared } from './connection.js';
import { CorruptStoreError, ForeignLogError, NotAStoreError } from './errors.js';
import { requireCurrent, storeMigrations } from './migrations.js';
import { withSqliteErrors } from './sqlite-errors.js';
import { SqliteStore } from './sqlite-store.js';
import { StoreInfo } from './store-info.js';

/** A new store while it is made; nobody but its maker touches it, and a crash leaves it without meaning. */
export function buildingFile(file: string): string {
  return `${file}.rebuild`;
}

/** A new store that is whole and synced, and waits to be put in place. */
export function rebuiltFile(file: string): string {
  return `${file}.rebuilt`;
}

/** Between any two of these the process may die. */
export const swapSteps = ['checked', 'settled', 'caught_up', 'cleared', 'put', 'renamed', 'done'] as const;
export type SwapStep = (typeof swapSteps)[number];

export interface SwapOptions {
  /** The store's file. Its writer must be closed, and no other may open it meanwhile: hold the collector's lock. */
  file: string;
  /** How long to wait for readers that are in the middle of a transaction, milliseconds. Default 10,000. */
  busyWait_ms?: number;
  /** For tests of crashes. */
  at?: (step: SwapStep) => void;
}

/** Somebody reads the old store in a transaction that does not end: its write-ahead log cannot be emptied. */
export class StoreBusyError extends BittenError {
  constructor(file: string) {
    super('store_busy', `${file} cannot be replaced: a reader holds it in a transaction`, {
      found: 'a read transaction that does not end',
      expected: 'readers that end within seconds',
      remedy: 'end that reader (a sqlite3 shell within BEGIN, a long query), then: bitten rebuild',
    });
  }
}

/**
 * Puts the rebuilt store in the old one's place.
 *
 * **Ordering.** First the old store is made whole without its write-ahead log, then that log is removed, then the
 * new file takes the name in one rename. A write-ahead log of one database beside another would destroy it.
 *
 * **Failure.** A crash at any moment leaves the old store or the new one, whole, under the name. The new file is
 * locked until nothing of the old one's is beside it, so that no reader mixes them. Readers that have the old one
 * open go on reading it as it was. Who wants to keep the old file gives it a second name beforehand.
 *
 * Throws `StoreBusyError`, and what opening a store throws where the new file is none; nothing is changed then.
 */
export function swapStore({ file, busyWait_ms = 10_000, at = () => {} }: SwapOptions): void {
  const rebuilt = rebuiltFile(file);
  const logId = checkRebuilt(rebuilt);
  at('checked');
  const isSound = settleOld(file, logId, busyWait_ms);
  at('settled');
  if (isSound) catchUp(file, busyWait_ms);
  at('caught_up');
  const db = new Database(rebuilt, { fileMustExist: true, timeout: busyWait_ms });
  try {
    db.exec('BEGIN EXCLUSIVE');
    removeBeside(file);
    syncDir(file);
    at('cleared');
    renameSync(rebuilt, file);
    at('put');
    // A reader that came between the two has made them again.
    removeBeside(file);
    syncDir(file);
    at('renamed');
    db.exec('ROLLBACK');
  } finally {
    db.close();
  }
  at('done');
}

/** Whether a rebuilt store waits. */
export function isRebuilt(file: string): boolean {
  return existsSync(rebuiltFile(file));
}

/** Takes a rebuilt store away that cannot be put in place: who waits for it sees by that that it was refused. */
export function refuseRebuilt(file: string): void {
  rmSync(rebuiltFile(file), { force: true });
}

/** The new store must be one before the old one is touched. Returns the log it follows. */
function checkRebuilt(rebuilt: string): string | null {
  return withSqliteErrors(rebuilt, () => {
    const db = new Database(rebuilt, { readonly: true, fileMustExist: true });
    try {
      requireCurrent(db, { file: rebuilt, migrations: storeMigrations });
      return new StoreInfo(db).logId();
    } finally {
      db.close();
    }
  });
}

/**
 * Brings all of the old store into its file, so that it is whole without the write-ahead log. False where it is too
 * damaged for that. Throws `ForeignLogError` where the two follow different logs.
 */
function settleOld(file: string, logId: string | null, busyWait_ms: number): boolean {
  if (!existsSync(file) || statSync(file).size === 0) return true;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { fileMustExist: true, timeout: busyWait_ms });
    const oldId = new StoreInfo(db).logId();
    if (oldId !== null && logId !== null && oldId !== logId) throw new ForeignLogError(logId, oldId);
    const [{ busy } = { busy: 0 }] = db.pragma('wal_checkpoint(TRUNCATE)') as Array<{ busy: number }>;
    if (busy !== 0) throw new StoreBusyError(file);
    return true;
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    if (/^SQLITE_(BUSY|LOCKED)/.test(error.code)) throw new StoreBusyError(file);
    return false;
  } finally {
    db?.close();
  }
}

/**
 * Brings over what was stored while the new store was made: its log may have been removed meanwhile. From the first
 * row on that the old store has not, or that cannot be read, all is left to the log: the collector goes on from there.
 */
function catchUp(file: string, busyWait_ms: number): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  const rebuilt = rebuiltFile(file);
  const db = openPrepared({ file: rebuilt, migrations: storeMigrations, busyWait_ms });
  try {
    const store = new SqliteStore(db, { file: rebuilt, readonly: false, clock: systemClock });
    const old = new OldStore(file);
    try {
      for (const log of ['events', 'dead_letters'] as const) {
        for (const _ of old.carry(store, log, old.cursor(log)));
      }
    } finally {
      old.close();
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  } finally {
    db.close();
  }
}

/** Whether the old store is to blame, and not the disk that takes the new one. */
function isUnreadable(error: unknown): boolean {
  return (
    error instanceof CorruptStoreError ||
    error instanceof NotAStoreError ||
    error instanceof Database.SqliteError ||
    // A row whose text is no JSON any more.
    error instanceof SyntaxError
  );
}

function removeBeside(file: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
}

function syncDir(file: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(dirname(file), 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
