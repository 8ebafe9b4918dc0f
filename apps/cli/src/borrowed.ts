import { createRequire } from 'node:module';

/**
 * Loads a library that another package of this workspace brings along, as that package would. Each is used for
 * one thing here, and the two rooms must not differ in its version.
 */
function loadFrom(owner: string, library: string): unknown {
  const ownPath = createRequire(import.meta.url).resolve(owner);
  return createRequire(ownPath)(library);
}

/** The part of a prepared statement of better-sqlite3 that reading needs. */
export interface SqlStatement {
  /** Whether it returns rows. */
  readonly reader: boolean;
  columns(): Array<{ name: string }>;
  raw(): { iterate(): IterableIterator<unknown[]> };
}

export interface SqlDatabase {
  prepare(sql: string): SqlStatement;
  close(): void;
}

type OpenDatabase = new (file: string, options: { readonly: true; fileMustExist: true }) => SqlDatabase;

/** A SQLite file, for reading only. */
export function openSqlite(file: string): SqlDatabase {
  const Database = loadFrom('@bitten/storage/store', 'better-sqlite3') as OpenDatabase;
  return new Database(file, { readonly: true, fileMustExist: true });
}

/** What a YAML or JSON text says; throws where it is neither. */
export function parseYaml(text: string): unknown {
  const { parse } = loadFrom('@bitten/runtime', 'yaml') as { parse: (text: string) => unknown };
  return parse(text);
}
