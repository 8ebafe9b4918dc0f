import { BittenError } from '@bitten/schema';
import Database from 'better-sqlite3';
import { CorruptStoreError, NotAStoreError, StoreUnavailableError } from './errors.js';

/**
 * Whether a statement failed because of the values of its row. Such a row is skipped and counted; any other
 * failure undoes the whole span.
 */
export function isContentError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (!(error instanceof Database.SqliteError)) return false;
  return /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(error.code);
}

/** SQLite's failure as the error a caller can act on; anything else as it is. */
export function translateSqliteError(file: string, error: unknown): unknown {
  if (isFileError(error)) return new StoreUnavailableError(file, error.message, error);
  if (error instanceof BittenError || !(error instanceof Database.SqliteError)) return error;
  const found = `${error.code}: ${error.message}`;
  if (error.code.startsWith('SQLITE_NOTADB')) return new NotAStoreError(file, found, error);
  if (error.code.startsWith('SQLITE_CORRUPT')) return new CorruptStoreError(file, found, error);
  if (/^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|PERM|NOMEM|PROTOCOL)/.test(error.code)) {
    return new StoreUnavailableError(file, found, error);
  }
  return error;
}

/** Node's own: a folder that cannot be made, a file that may not be opened. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'errno' in error;
}

/** Runs an operation on the database and translates what it throws. */
export function withSqliteErrors<Result>(file: string, operation: () => Result): Result {
  try {
    return operation();
  } catch (error) {
    throw translateSqliteError(file, error);
  }
}
