import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { build } from 'tsup';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ForeignLogError,
  isRebuilt,
  OldStore,
  openStore,
  rebuiltFile,
  StoreBuilder,
  StoreBusyError,
  swapSteps,
  swapStore,
} from '../../src/store/index.js';
import { loggedEvent, spanOf, spanOfTicks } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

const here = dirname(fileURLToPath(import.meta.url));
const programs = mkdtempSync(join(tmpdir(), 'bitten-swap-'));
const names = ['swap-until-killed', 'apply-and-die'] as const;
const outExtension = () => ({ js: '.mjs' });

/** Runs a program of `fixtures`, which ends by killing itself. */
function runToItsDeath(name: (typeof names)[number], ...args: string[]): void {
  const program = join(programs, `${name}.mjs`);
  const killed = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  expect(killed.signal, killed.stderr).toBe('SIGKILL');
}

beforeAll(async () => {
  symlinkSync(join(here, '../../node_modules'), join(programs, 'node_modules'));
  const entry = names.map((name) => join(here, 'fixtures', `${name}.ts`));
  const options = { format: 'esm' as const, target: 'node20', config: false, silent: true, outExtension };
  await build({ ...options, entry, outDir: programs });
}, 60_000);
afterAll(() => rmSync(programs, { recursive: true, force: true }));

const tempDir = useTempDir();
let file: string;

/** An old store of 30 ticks, left as a killed writer leaves it: much of it in the write-ahead log alone. */
beforeEach(() => {
  file = join(tempDir(), 'store.db');
  runToItsDeath('apply-and-die', file);
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(20_000);
});

/** A new store beside it, of other rows for the same places, so that one can be told from the other. */
function rebuildTo(next: number, logId = 'log-a'): void {
  const builder = new StoreBuilder({ file, logId });
  const items = Array.from({ length: next - 1 }, (_, i) => loggedEvent(i + 1, { source: 'new' }));
  builder.applyEvents(spanOf(items));
  builder.finish();
}

function rows(): Array<[source: string, count: number]> {
  const db = new Database(file, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    return db
      .prepare('SELECT source, COUNT(*) FROM events GROUP BY source ORDER BY source')
      .raw()
      .all() as Array<[string, number]>;
  } finally {
    db.close();
  }
}

const old: Array<[string, number]> = [['mt5_feed', 30]];

describe('a rebuilt store', { timeout: 60_000 }, () => {
  it('takes the place of the old one; what was stored meanwhile comes along', () => {
    rebuildTo(21);
    expect(rows()).toEqual(old);
    swapStore({ file });
    expect(rows()).toEqual([
      ['mt5_feed', 10],
      ['new', 20],
    ]);
    expect(isRebuilt(file)).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const store = openStore({ file });
    expect(store.cursor('events')).toBe(31);
    store.applyEvents(spanOfTicks(31, 33));
    expect(store.summary().rows).toBe(32);
    store.close();
  });

  it('never passes over rows that the old one has lost: they are left to the log, which has them', () => {
    const db = new Database(file);
    db.exec('DELETE FROM event_rows WHERE seq BETWEEN 24 AND 26');
    db.close();
    rebuildTo(21);
    swapStore({ file });
    const store = openStore({ file });
    expect(store.cursor('events')).toBe(24);
    store.applyEvents(spanOfTicks(24, 31));
    expect(store.gaps()).toEqual([]);
    store.close();
    expect(rows()).toEqual([
      ['mt5_feed', 10],
      ['new', 20],
    ]);
  });

  it('knows of the gaps that came up meanwhile', () => {
    const before = openStore({ file, clock: () => 7 });
    before.skip('events', { to: 34, why: 'gone' });
    before.applyEvents(spanOfTicks(34, 40));
    before.close();
    rebuildTo(21);
    swapStore({ file });
    const store = openStore({ file, readonly: true });
    expect([store.cursor('events'), store.gaps()]).toEqual([
      40,
      [{ log: 'events', from: 31, to: 34, why: 'gone', noticed_at: 7 }],
    ]);
    store.close();
  });

  it.each(swapSteps)('killed at %s: the old one or the new one, whole, and it can be done again', (step) => {
    rebuildTo(31);
    runToItsDeath('swap-until-killed', file, step);
    const found = rows();
    expect([JSON.stringify(old), JSON.stringify([['new', 30]])]).toContain(JSON.stringify(found));
    if (isRebuilt(file)) {
      expect(found).toEqual(old);
      swapStore({ file });
    }
    expect(rows()).toEqual([['new', 30]]);
    const store = openStore({ file });
    store.applyEvents(spanOfTicks(31, 32));
    store.close();
    expect(rows()).toEqual([
      ['mt5_feed', 1],
      ['new', 30],
    ]);
  });

  it.each(swapSteps)(
    'killed at %s in place of one that cannot be settled: never the two of them mixed',
    (step) => {
      // What it has done stands in the write-ahead log alone, and while it has the file open, it stays there.
      const holder = new Database(file);
      holder.pragma('wal_autocheckpoint = 0');
      holder.exec('DROP TABLE store_info');
      rebuildTo(21);
      runToItsDeath('swap-until-killed', file, step);
      if (isRebuilt(file)) swapStore({ file });
      expect(rows()).toEqual([['new', 20]]);
      holder.close();
      const store = openStore({ file });
      store.applyEvents(spanOfTicks(21, 22));
      store.close();
      expect(rows()).toEqual([
        ['mt5_feed', 1],
        ['new', 20],
      ]);
    },
  );

  it('leaves readers of the old one what they read', () => {
    const reader = openStore({ file, readonly: true });
    rebuildTo(31);
    swapStore({ file });
    const writer = openStore({ file });
    writer.applyEvents(spanOfTicks(31, 40));
    expect(reader.summary().rows).toBe(30);
    expect(reader.queryEvents({ source: 'new' })).toEqual([]);
    reader.close();
    writer.close();
    expect(rows()).toEqual([
      ['mt5_feed', 9],
      ['new', 30],
    ]);
  });

  it('waits for a reader in a transaction, and gives up rather than break it', () => {
    const reader = new Database(file, { readonly: true });
    const writer = openStore({ file });
    reader.exec('BEGIN');
    reader.prepare('SELECT COUNT(*) FROM events').get();
    writer.applyEvents(spanOfTicks(31, 35));
    writer.close();
    rebuildTo(35);
    expect(() => swapStore({ file, busyWait_ms: 50 })).toThrow(StoreBusyError);
    expect(rows()).toEqual([['mt5_feed', 34]]);
    reader.close();
    swapStore({ file });
    expect(rows()).toEqual([['new', 34]]);
  });

  it('replaces one that is damaged beyond opening, with whatever is beside it', () => {
    rebuildTo(31);
    writeFileSync(file, Buffer.alloc(8_192, 0xa5));
    swapStore({ file });
    expect(rows()).toEqual([['new', 30]]);
  });

  it('of another log is refused, and so is one that is none; nothing is changed', () => {
    rebuildTo(31, 'log-b');
    expect(() => swapStore({ file })).toThrow(ForeignLogError);
    writeFileSync(rebuiltFile(file), 'nothing');
    expect(() => swapStore({ file })).toThrow('is not a store of this program');
    expect(rows()).toEqual(old);
  });
});

describe('building', { timeout: 60_000 }, () => {
  it('clears away what was left, and counts before it is content', () => {
    writeFileSync(`${file}.rebuild`, 'left');
    writeFileSync(`${file}.rebuilt`, 'left');
    const builder = new StoreBuilder({ file, logId: 'log-a' });
    expect(isRebuilt(file)).toBe(false);
    builder.applyEvents(spanOfTicks(1, 10));
    const db = new Database(`${file}.rebuild`);
    db.exec('DELETE FROM event_rows WHERE seq = 4');
    db.close();
    expect(() => builder.finish()).toThrow('8 rows of events');
    builder.discard();
    expect(readdirSync(dirname(file)).some((name) => name.includes('.rebu'))).toBe(false);
  });

  it('carries up to the first hole, and says where that ends; what retention removed is none', () => {
    const before = openStore({ file });
    before.applyEvents(spanOfTicks(31, 5_001));
    expect(before.retain({ appendedBefore: loggedEvent(11).appendedAt, rowsMax: 100 }).events).toBe(10);
    before.skip('events', { to: 5_010, why: 'gone' });
    before.applyEvents(spanOfTicks(5_010, 5_020));
    before.close();
    const db = new Database(file);
    db.exec(
      'DELETE FROM event_rows WHERE seq BETWEEN 3000 AND 3099 OR seq BETWEEN 4990 AND 5000 OR seq > 5015',
    );
    db.close();
    const old = new OldStore(file);
    const builder = new StoreBuilder({ file: join(dirname(file), 'next.db'), logId: 'log-a' });
    const holes: Array<[from: number, to: number]> = [];
    for (let from = 1; from < 5_020; from = builder.store.cursor('events')) {
      builder.carry(old, 'events', 5_020);
      const hole = builder.store.cursor('events');
      const to = old.endOfHole('events', { from: hole, to: 5_020 });
      holes.push([hole, to]);
      builder.store.skip('events', { to, why: 'given up' });
    }
    expect(holes).toEqual([
      [3_000, 3_100],
      [4_990, 5_001],
      [5_016, 5_020],
    ]);
    const gaps = builder.store.gaps().map(({ from, to }) => [from, to]);
    expect(gaps).toEqual([
      [1, 11],
      [3_000, 3_100],
      [4_990, 5_001],
      [5_001, 5_010],
      [5_016, 5_020],
    ]);
    expect(builder.rows.events).toBe(2_989 + 1_890 + 6);
    builder.finish();
    old.close();
  });

  it('counts what was carried before the old one turned out to be damaged', () => {
    const before = openStore({ file });
    before.applyEvents(spanOfTicks(31, 5_001));
    before.close();
    const db = new Database(file);
    db.exec("UPDATE event_rows SET data_short = '{', shape_id = NULL WHERE seq = 3000");
    db.close();
    const old = new OldStore(file);
    const builder = new StoreBuilder({ file: join(dirname(file), 'next.db'), logId: 'log-a' });
    expect(() => builder.carry(old, 'events', 5_001)).toThrow(SyntaxError);
    expect([builder.store.cursor('events'), builder.rows.events]).toEqual([2_001, 2_000]);
    builder.finish();
    old.close();
  });

  it('carries rows over exactly as they are, with holes, and what people did with dead letters', () => {
    const texts = [
      '{"event_type":"x","timestamp":1757957000.5,"source":"s","data":{"a": 1e400, "b":"\\ud83d"},"note":[1, 2]}',
      '{"timestamp":12,"source":"s","user_id":7,"session_id":"","event_type":"signal_generated","data":{"signal_id":"S","confidence":"80"}}',
    ];
    const [first, second] = texts as [string, string];
    const letter = {
      door: '5571' as const,
      received_at: 7,
      producer: null,
      producer_seq: null,
      event_type: 'x',
      source: null,
      payload: 'p',
      encoding: 'utf8' as const,
      issues: [],
    };
    const source = join(dirname(file), 'other.db');
    const before = openStore({ file: source, clock: () => 9 });
    before.bind('log-a');
    before.skip('events', { to: 3, why: 'gone' });
    before.applyEvents({ from: 3, next: 5, items: [loggedEvent(3, {}, first), loggedEvent(4, {}, second)] });
    before.applyDeadLetters({ from: 1, next: 2, items: [{ ...letter, seq: 1, appendedAt: 7 }] });
    before.close();
    const db = new Database(source);
    db.exec("UPDATE dead_letters SET status = 'dropped'");
    db.close();

    const old = new OldStore(source);
    const builder = new StoreBuilder({ file: join(dirname(file), 'next.db'), logId: 'log-a' });
    builder.carry(old, 'events', 5);
    builder.carry(old, 'dead_letters', 2);
    expect(builder.rows).toEqual({ events: 2, dead_letters: 1 });
    builder.carryStatuses(old);
    builder.finish();
    old.close();
    const dump = (name: string) => {
      const read = new Database(join(dirname(file), name), { readonly: true });
      const tables = ['events', 'signal_events', 'dead_letters', 'gaps', 'follow_cursors'];
      const all = tables.map((table) => read.prepare(`SELECT * FROM ${table}`).all());
      const extras = read.prepare('SELECT extra_json FROM event_rows').all();
      read.close();
      return [all, extras];
    };
    expect(dump('next.db.rebuilt')).toEqual(dump('other.db'));
    expect(existsSync(join(dirname(file), 'next.db'))).toBe(false);
  });
});
