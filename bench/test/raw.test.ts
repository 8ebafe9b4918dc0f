import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '@bitten/storage/log';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyRows } from '../src/raw/copy-rows.js';
import { fillLog } from '../src/raw/fill-log.js';
import { applyAlone, buildStore, newestOf } from '../src/raw/store-alone.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bitten-bench-test-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

test('the raw ceiling inserts the very rows of the store, in every table', () => {
  const [from, into] = [join(dir, 'from.db'), join(dir, 'into.db')];
  applyAlone({ file: from, events: 450, page_events: 100 });
  expect(copyRows({ from, into, page_events: 70 }).events).toBe(450);
  const [source, target] = [new Database(from, { readonly: true }), new Database(into, { readonly: true })];
  for (const table of [
    'event_rows',
    'signal_rows',
    'trade_rows',
    'health_rows',
    'signal_lives',
    'fire_lives',
  ]) {
    const rows = source.prepare(`SELECT * FROM ${table}`).all();
    expect(rows.length).toBeGreaterThan(0);
    expect(target.prepare(`SELECT * FROM ${table}`).all()).toEqual(rows);
  }
  source.close();
  target.close();
});

test('the raw ceiling leaves no table out that holds a row for an event', () => {
  const from = join(dir, 'from.db');
  applyAlone({ file: from, events: 200, page_events: 100 });
  const db = new Database(from, { readonly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  const copied = ['event_rows', 'signal_rows', 'trade_rows', 'health_rows', 'signal_lives', 'fire_lives'];
  const words = ['event_types', 'sources', 'symbols', 'shapes'];
  const counts = ['pattern_rows', 'event_hours', 'signal_hours', 'symbol_days', 'component_hours'];
  const places = ['follow_cursors', 'gaps', 'store_info'];
  const ofBalances = ['balance_rows'];
  const ofLetters = ['dead_letters', 'dead_letter_resolutions'];
  const known = [copied, words, counts, places, ofBalances, ofLetters].flat();
  expect(tables.sort()).toEqual(known.sort());
  db.close();
});

test('a store is made to its full size and weighed on the way', () => {
  const file = join(dir, 'store.db');
  const sizes = buildStore({ file, events: 4_000, measure_at: 2_000, page_events: 500 });
  expect(sizes.events).toBe(2_000);
  expect(sizes.checkpointed).toBeGreaterThan(0);
  expect(sizes.with_wal).toBeGreaterThan(sizes.checkpointed / 2);
  const db = new Database(file, { readonly: true });
  expect(db.prepare('SELECT COUNT(*) FROM events').pluck().get()).toBe(4_000);
  db.close();
  expect(newestOf({ file, rounds: 2 }).query_ms).toHaveLength(2 * 6);
});

test('a log that was made quickly is a log', () => {
  const { events } = fillLog({ dir, events: 2_500 });
  const log = openLog({ dir, durability: 'none' });
  expect(events).toBe(3_000);
  expect(log.nextSeq).toBe(3_001);
  expect(log.lastProducerSeq('bench')).toBe(3_000);
  log.close();
});
