import type { Database } from 'better-sqlite3';
import { NewerStoreError, NotAStoreError, OlderStoreError } from './errors.js';
import { fillLives, fillResolutions } from './lives/life-fill.js';
import { fillByTime, fillRollups } from './rollups/rollup-fill.js';
import { schemaV1 } from './schema-v1.js';
import { schemaV2 } from './schema-v2.js';
import { schemaV3 } from './schema-v3.js';

/** One step from the schema version before it; its place in the list, counted from 1, is its version. */
export interface Migration {
  up(db: Database): void;
}

/** Every schema there has been. A migration that was released is never changed: the next one is added. */
export const storeMigrations: readonly Migration[] = [
  { up: (db) => void db.exec(schemaV1) },
  {
    up: (db) => {
      db.exec(schemaV2);
      fillLives(db);
      fillResolutions(db);
    },
  },
  {
    up: (db) => {
      db.exec(schemaV3);
      fillByTime(db);
      fillRollups(db);
    },
  },
];

/** `BITT`, in the file's header: tells our store from any other SQLite file. */
export const applicationId = 0x42495454;

export interface MigrateOptions {
  /** For messages. */
  file: string;
  migrations: readonly Migration[];
}

/**
 * Brings the database to the newest schema. Each step and its version number are one transaction: a crash
 * leaves a whole older version, and the next open goes on from there.
 *
 * Throws `NewerStoreError`, and `NotAStoreError` for a file that somebody else made.
 */
export function migrate(db: Database, { file, migrations }: MigrateOptions): void {
  const step = db.transaction(() => {
    // Another process may have taken the step while this one waited for the lock.
    const version = knownVersion(db, { file, migrations });
    const next = migrations[version];
    if (next === undefined) return;
    next.up(db);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${version + 1}`);
  });
  // The lock is taken only where there is something to do: opening a current store waits for nobody.
  while (db.transaction(() => knownVersion(db, { file, migrations }))() < migrations.length) step.immediate();
}

function knownVersion(db: Database, { file, migrations }: MigrateOptions): number {
  const version = identify(db, file);
  if (version > migrations.length) throw new NewerStoreError(file, version, migrations.length);
  return version;
}

/** Throws where a read-only store cannot be read as it is: it may not migrate. */
export function requireCurrent(db: Database, { file, migrations }: MigrateOptions): void {
  const version = knownVersion(db, { file, migrations });
  if (version < migrations.length) throw new OlderStoreError(file, version, migrations.length);
}

/** The schema version; 0 for an empty file. */
function identify(db: Database, file: string): number {
  if (db.pragma('application_id', { simple: true }) === applicationId) {
    return Number(db.pragma('user_version', { simple: true }));
  }
  const tables = db
    .prepare("SELECT group_concat(name, ', ') FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .get();
  if (tables !== null) throw new NotAStoreError(file, `a SQLite database with the tables ${String(tables)}`);
  return 0;
}
