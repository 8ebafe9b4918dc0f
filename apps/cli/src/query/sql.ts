import { existsSync } from 'node:fs';
import { BittenError } from '@bitten/schema';
import { MissingStoreError } from '@bitten/storage/store';
import Database from 'better-sqlite3';

/** Rows as they come, under the names of their columns. */
export interface SqlResult {
  columns: string[];
  rows: IterableIterator<unknown[]>;
  close: () => void;
}

/** The SQL is wrong, or is none that reads. */
class SqlError extends BittenError {
  constructor(found: string, remedy: string, cause?: unknown) {
    super('bad_sql', `the SQL cannot be answered: ${found}`, { found, remedy, cause });
  }
}

/**
 * Runs one statement over the store. The file is open for reading only: nothing written here can change it.
 * Throws `MissingStoreError`, `SqlError`.
 */
export function runSql(file: string, sql: string): SqlResult {
  if (!existsSync(file)) throw new MissingStoreError(file);
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const statement = db.prepare(sql);
    if (!statement.reader)
      throw new SqlError('it returns no rows', 'the store is for reading here: write a SELECT');
    const columns = statement.columns().map((column) => column.name);
    return {
      columns,
      rows: statement.raw().iterate() as IterableIterator<unknown[]>,
      close: () => db.close(),
    };
  } catch (error) {
    db.close();
    if (error instanceof BittenError) throw error;
    throw new SqlError(
      error instanceof Error ? error.message : String(error),
      'the tables are events, signal_events, trade_events, health_events, event_stats, lifecycle, pattern_stats and dead_letters',
      error,
    );
  }
}
