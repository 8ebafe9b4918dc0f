import { openStore } from '@bitten/storage/store';
import Database from 'better-sqlite3';
import { now_ms } from '../measure/clock.js';

export interface CopyRowsOptions {
  /** A store that the collector has filled. */
  from: string;
  /** A new file. */
  into: string;
  /** Events in a transaction. */
  page_events: number;
}

/**
 * The tables whose rows come of events, and the column that holds the place they were made at. Rows of lives are
 * among them: somebody who wants to ask what the store answers has to insert them too. They are copied as they
 * ended, once each; that the collector finds them again and changes them is part of what storing costs.
 */
const tables = {
  event_rows: 'seq',
  signal_rows: 'event_id',
  trade_rows: 'event_id',
  health_rows: 'event_id',
  balance_rows: 'event_id',
  signal_lives: 'no',
  fire_lives: 'no',
  dead_letter_resolutions: 'event_id',
};

/**
 * The ceiling: better-sqlite3 inserting the very rows the collector has stored, into the same tables with the
 * same indexes and the same pragmas as the store's writer has, through prepared statements and nothing else.
 * What it leaves out is what storing costs: finding out which rows, and keeping the counts, those by pattern,
 * hour and day among them, and the cursor.
 */
export function copyRows({ from, into, page_events }: CopyRowsOptions): { events: number; took_ms: number } {
  openStore({ file: into }).close();
  const source = new Database(from, { readonly: true });
  const target = new Database(into);
  for (const pragma of writerPragmas) target.pragma(pragma);
  const copies = Object.entries(tables).map(([table, key]) => copierOf(source, target, table, key));
  const last = source.prepare('SELECT MAX(seq) FROM event_rows').pluck().get() as number;
  let took_ms = 0;
  for (let first = 1; first <= last; first += page_events) {
    const pages = copies.map((copy) => copy.read(first, first + page_events - 1));
    const begun_ms = now_ms();
    target.exec('BEGIN IMMEDIATE');
    copies.forEach((copy, index) => {
      copy.write(pages[index]!);
    });
    target.exec('COMMIT');
    took_ms += now_ms() - begun_ms;
  }
  const events = target.prepare('SELECT COUNT(*) FROM event_rows').pluck().get() as number;
  source.close();
  target.close();
  return { events, took_ms };
}

/** As `openWriter` of the store sets them; those of a file, such as WAL, are in the file. */
const writerPragmas = [
  'synchronous = FULL',
  'wal_autocheckpoint = 16384',
  'journal_size_limit = 67108864',
  'cache_size = -49152',
  'temp_store = MEMORY',
];

interface Copier {
  read(first: number, last: number): unknown[][];
  write(rows: readonly unknown[][]): void;
}

function copierOf(source: Database.Database, target: Database.Database, table: string, key: string): Copier {
  const columns = source.prepare(`SELECT * FROM ${table} LIMIT 0`).columns();
  const select = source.prepare(`SELECT * FROM ${table} WHERE ${key} BETWEEN ? AND ? ORDER BY ${key}`).raw();
  const insert = target.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`);
  return {
    read: (first, last) => select.all(first, last) as unknown[][],
    write: (rows) => {
      for (const row of rows) insert.run(...row);
    },
  };
}
