import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { BittenError } from '@bitten/schema';
import type { Database } from 'better-sqlite3';
import { systemClock } from './applied-counts.js';
import type { OldStore } from './carry-over.js';
import { openScratch } from './connection.js';
import { LifeCarrier } from './lives/life-carrier.js';
import { storeMigrations } from './migrations.js';
import { RowScan } from './row-scan.js';
import { SqliteStore } from './sqlite-store.js';
import type { FollowedLog } from './store-info.js';
import { buildingFile, rebuiltFile } from './swap.js';
import type { DeadLetter, LoggedEvent, Span } from './types.js';

export interface StoreBuilderOptions {
  /** Of the store that is to be replaced; the new one is made beside it. */
  file: string;
  logId: string;
  /** Unix seconds. */
  clock?: () => number;
}

/**
 * Makes a store beside the one in use.
 *
 * **Failure.** Until `finish` returns there is a file that means nothing, and the next builder removes it. After
 * that the new store is whole and on disk, and waits for `swapStore`.
 */
export class StoreBuilder {
  readonly store: SqliteStore;
  /** How many rows it has been given so far. */
  readonly rows = { events: 0, dead_letters: 0 };
  readonly #db: Database;
  readonly #file: string;

  /** Removes what an interrupted rebuild has left. */
  constructor({ file, logId, clock = systemClock }: StoreBuilderOptions) {
    removeLeftovers(file);
    this.#file = file;
    const building = buildingFile(file);
    this.#db = openScratch({ file: building, migrations: storeMigrations, busyWait_ms: 1_000 });
    this.store = new SqliteStore(this.#db, { file: building, readonly: false, clock });
    this.store.bind(logId);
  }

  /** Applies a stretch of the log; what is before the cursor has been applied. */
  applyEvents(span: Span<LoggedEvent>): void {
    const cursor = this.store.cursor('events');
    this.store.applyEvents(span);
    this.rows.events += countFrom(span.items, cursor);
  }

  applyDeadLetters(span: Span<DeadLetter & { seq: number; appendedAt: number }>): void {
    const cursor = this.store.cursor('dead_letters');
    this.store.applyDeadLetters(span);
    this.rows.dead_letters += countFrom(span.items, cursor);
  }

  /**
   * Copies from the old store what the log no longer holds, rows and gaps, up to `to` or to the first hole in it,
   * where the cursor stands then. Throws `CorruptStoreError`; what was copied before is there.
   */
  carry(old: OldStore, log: FollowedLog, to: number): void {
    for (const rows of old.carry(this.store, log, to)) this.rows[log] += rows;
  }

  /** Takes over what became of dead letters where no event that is still stored says it. */
  carryStatuses(old: OldStore): void {
    const set = this.#db.prepare(`UPDATE dead_letters SET status = ? WHERE id = ?
      AND NOT EXISTS (SELECT 1 FROM dead_letter_resolutions WHERE dead_letter = ?)`);
    this.#db.transaction(() => {
      for (const { id, status } of old.statuses()) set.run(status, id, id);
    })();
  }

  /** Completes lives that began before the oldest event there is: only the old store knows their beginning. */
  carryLives(old: OldStore): void {
    const oldest = this.#db.prepare('SELECT min(seq) FROM event_rows').pluck().get() as number | null;
    if (oldest === null) return;
    const carry = this.#db.transaction(() => {
      new LifeCarrier(this.#db, oldest).carry(old.olderLives(oldest));
    });
    carry();
  }

  /** Counts what is there, and puts the whole store on disk under the name that `swapStore` takes. */
  finish(): void {
    this.#check();
    this.#db.pragma('journal_mode = DELETE');
    this.store.close();
    const building = buildingFile(this.#file);
    sync(building);
    renameSync(building, rebuiltFile(this.#file));
    sync(dirname(this.#file));
  }

  /** Takes away what has been made so far, finished or not. */
  discard(): void {
    this.store.close();
    removeLeftovers(this.#file);
  }

  #check(): void {
    const scan = new RowScan(this.#db);
    for (const log of ['events', 'dead_letters'] as const) {
      const [expected, found] = [this.rows[log], scan.count(log, 0, Number.MAX_SAFE_INTEGER)];
      if (expected === found) continue;
      throw new BittenError('rebuild_failed', `the new store holds ${found} rows of ${log}`, {
        found: `${found} rows`,
        expected: `${expected}, as many as were read`,
        remedy: 'nothing was changed; bitten verify says whether the log is sound',
      });
    }
  }
}

function countFrom(items: ReadonlyArray<{ seq: number }>, cursor: number): number {
  return items.filter(({ seq }) => seq >= cursor).length;
}

function removeLeftovers(file: string): void {
  for (const base of [buildingFile(file), rebuiltFile(file)]) {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(base + suffix, { force: true });
  }
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
