import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoggedEvent, openStore, StoreInspector, type StoreReport } from '../../src/store/index.js';
import { loggedEvent, spanOf } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

const tempDir = useTempDir();
let file: string;

/** Every kind of row, every kind of column, and texts of all shapes. */
const events: LoggedEvent[] = Array.from({ length: 60 }, (_, i) => {
  const seq = i + 1;
  const kinds: Array<Parameters<typeof loggedEvent>[1]> = [
    {},
    {
      event_type: 'signal_generated',
      correlation_id: `S${seq}`,
      data: { signal_id: `S${seq}`, symbol: 'GBPUSD', direction: 'BUY', confidence: seq, expires_at: 5e9 },
    },
    {
      event_type: 'fire_command',
      user_id: 'u',
      data: { fire_id: `F${seq}`, lot_size: 0.5, symbol: 'EURUSD' },
    },
    { event_type: 'trade_executed', session_id: 's', data: { fire_id: `F${seq}`, ticket: seq, volume: 0.5 } },
    { event_type: 'system_health', data: { component: 'bus', status: 'running', uptime: seq } },
    { event_type: 'odd \u001f type', source: '', data: {} },
  ];
  return loggedEvent(seq, kinds[i % kinds.length]);
});
const written =
  '{"timestamp" : 1757957000, "event_type":"x", "source":"s", "note": {"a":[1]}, "data": {"é":"\\u0000"} }';
events.push(loggedEvent(61, {}, written));
const letter = {
  seq: 1,
  appendedAt: 5,
  received_at: 5,
  door: '5572' as const,
  producer: 'p',
  producer_seq: 3,
  event_type: null,
  source: null,
  payload: '{',
  encoding: 'utf8' as const,
  issues: [{ path: '', code: 'json' as const, found: '{', expected: 'JSON' }],
};

beforeEach(() => {
  file = join(tempDir(), 'store.db');
  const store = openStore({ file });
  store.bind('log-a');
  store.applyEvents(spanOf(events));
  store.applyDeadLetters(spanOf([letter]));
  store.close();
});

function inspect({ ends = { events: 62, dead_letters: 2 }, logId = 'log-a' } = {}): StoreReport {
  const inspector = new StoreInspector(file);
  try {
    inspector.checkFile();
    if (inspector.checkIdentity(logId)) {
      for (const from of [1, 21, 41]) {
        const to = Math.min(from === 41 ? 62 : from + 20, inspector.cursor('events'), ends.events);
        if (to > from) inspector.compareEvents({ from, to, items: events.slice(from - 1, to - 1) });
      }
      inspector.compareDeadLetters({ from: 1, to: 2, items: [letter] });
      inspector.checkPosition('events', ends.events);
      inspector.checkPosition('dead_letters', ends.dead_letters);
    }
    return inspector.finish({ events: 1, dead_letters: 1 });
  } finally {
    inspector.close();
  }
}

function alter(...statements: string[]): void {
  const db = new Database(file);
  for (const sql of statements) db.exec(sql);
  db.close();
}

const findings = (report = inspect()) =>
  report.findings.map(({ kind, table, from, to }) => [kind, table, from, to]);

describe('a store that says what its log says', () => {
  it('is found sound, every row compared', () => {
    const report = inspect();
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ log_id: 'log-a', rows: { events: 60 + 1, dead_letters: 1 } });
    // Each signal, fire, trade and health event has a second row.
    expect(report.compared).toBe(61 + 40 + 1);
    expect(inspect().crc).toBe(report.crc);
  });

  it('beside the collector, too', () => {
    const store = openStore({ file });
    store.applyEvents(spanOf([loggedEvent(62)]));
    expect(inspect({ ends: { events: 63, dead_letters: 2 } }).findings).toEqual([]);
    store.close();
  });
});

describe('rows', { timeout: 30_000 }, () => {
  const changes: Array<[what: string, sql: string, table: string, seq: number]> = [
    ['an event', "UPDATE event_rows SET data_short = data_short || ' ' WHERE seq = 7", 'event_rows', 7],
    ['its time', 'UPDATE event_rows SET timestamp = timestamp + 0.001 WHERE seq = 13', 'event_rows', 13],
    ['its source', 'UPDATE event_rows SET source_id = source_id + 1 WHERE seq = 19', 'event_rows', 19],
    ['its symbol', 'UPDATE event_rows SET symbol_id = NULL WHERE seq = 25', 'event_rows', 25],
    [
      'when it was appended',
      'UPDATE event_rows SET appended = appended + 1 WHERE seq = 25',
      'event_rows',
      25,
    ],
    ['its user', "UPDATE event_rows SET user_id = 'v' WHERE seq = 3", 'event_rows', 3],
    ['its extra', 'UPDATE event_rows SET extra_json = NULL WHERE seq = 61', 'event_rows', 61],
    ['a signal', 'UPDATE signal_rows SET confidence = 1 WHERE event_id = 8', 'signal_rows', 8],
    ['a trade', 'UPDATE trade_rows SET ticket = NULL WHERE event_id = 10', 'trade_rows', 10],
    ['a health row', "UPDATE health_rows SET status = 'x' WHERE event_id = 11", 'health_rows', 11],
    ['a dead letter', "UPDATE dead_letters SET payload = '}' WHERE id = 1", 'dead_letters', 1],
  ];
  it.each(changes)('a change of %s is named by its place', (_, sql, table, seq) => {
    alter(sql);
    expect(findings()).toContainEqual(['changed', table, seq, seq + 1]);
    expect(findings().every(([kind]) => kind === 'changed' || kind === 'count')).toBe(true);
  });

  it('any that are missing are named, side by side as one', () => {
    alter(
      'DELETE FROM event_rows WHERE seq BETWEEN 30 AND 33',
      'DELETE FROM signal_rows WHERE event_id = 44',
    );
    expect(findings()).toEqual([
      ['missing', 'event_rows', 30, 34],
      ['missing', 'signal_rows', 44, 45],
    ]);
  });

  it('that the log has not are named', () => {
    alter('INSERT INTO health_rows (event_id) VALUES (12)', 'UPDATE event_rows SET seq = 900 WHERE seq = 61');
    expect(findings()).toEqual([
      ['extra', 'health_rows', 12, 13],
      ['missing', 'event_rows', 61, 62],
      ['extra', 'event_rows', 900, 901],
    ]);
  });

  it('that retention has removed are told, not missed', () => {
    const store = openStore({ file });
    expect(store.retain({ appendedBefore: events[20]!.appendedAt, rowsMax: 1_000 }).events).toBe(20);
    store.close();
    const report = inspect();
    expect(report.findings).toEqual([]);
    expect(report.gaps).toMatchObject([{ log: 'events', from: 1, to: 21 }, { log: 'dead_letters' }]);
  });

  it('that are missing where the log has nothing to say are named, too; gaps say of others why', () => {
    const store = openStore({ file });
    expect(store.retain({ appendedBefore: events[4]!.appendedAt, rowsMax: 4 }).events).toBe(4);
    store.skip('events', { to: 65, why: 'removed by retention' });
    store.applyEvents(spanOf([loggedEvent(65)]));
    store.close();
    alter('DELETE FROM event_rows WHERE seq IN (10, 11, 40, 61)');
    const inspector = new StoreInspector(file);
    // Of the log only 31 to 60 can be read.
    inspector.compareEvents({ from: 31, to: 46, items: events.slice(30, 45) });
    inspector.compareEvents({ from: 46, to: 61, items: events.slice(45, 60) });
    const report = inspector.finish({ events: 31, dead_letters: 1 });
    inspector.close();
    expect(findings(report)).toEqual([
      ['missing', 'event_rows', 40, 41],
      ['missing', 'event_rows', 10, 12],
      ['missing', 'event_rows', 61, 62],
    ]);
  });

  it('that a cursor out of all bounds claims are missing as one stretch', () => {
    alter(
      "UPDATE follow_cursors SET next = 1e15 WHERE log = 'events'",
      'DELETE FROM event_rows WHERE seq = 9',
    );
    const inspector = new StoreInspector(file);
    const report = inspector.finish({ events: 1, dead_letters: 1 });
    inspector.close();
    expect(findings(report)).toEqual([
      ['missing', 'event_rows', 9, 10],
      ['missing', 'event_rows', 62, 1e15],
    ]);
  });

  it('that only the store still has are counted', () => {
    const inspector = new StoreInspector(file);
    expect(inspector.finish({ events: 41, dead_letters: 1 }).older).toEqual({ events: 40, dead_letters: 0 });
    inspector.close();
  });
});

describe('the file', { timeout: 30_000 }, () => {
  it('is held against what SQLite, our schema and the counts say', () => {
    alter('DROP TRIGGER event_rows_removed', 'DELETE FROM event_rows WHERE seq = 61');
    expect(findings()).toEqual([
      ['schema', null, null, null],
      ['count', null, null, null],
      ['missing', 'event_rows', 61, 62],
    ]);
    alter("UPDATE event_types SET timestamp_sum = timestamp_sum + 1000 WHERE name = 'market_data'");
    expect(inspect().findings.filter(({ kind }) => kind === 'count').length).toBe(2);
    alter('PRAGMA user_version = 99');
    expect(inspect().findings).toContainEqual(
      expect.objectContaining({ kind: 'schema', found: 'schema version 99' }),
    );
    alter('PRAGMA application_id = 7');
    expect(findings()).toContainEqual(['schema', null, null, null]);
  });

  it('is held against itself: an index that leaves rows out shows in no row', () => {
    const db = new Database(file);
    const page = db
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'health_rows_status'")
      .pluck()
      .get() as number;
    db.close();
    const content = readFileSync(file);
    const at = (page - 1) * 4_096;
    // One entry less in the page's own count.
    content.writeUInt16BE(content.readUInt16BE(at + 3) - 1, at + 3);
    writeFileSync(file, content);
    expect(new Set(inspect().findings.map(({ kind }) => kind))).toEqual(new Set(['file']));
  });

  it('of another log, or further than its log, is told', () => {
    expect(findings(inspect({ logId: 'log-b' }))).toEqual([['foreign', null, null, null]]);
    expect(findings(inspect({ ends: { events: 50, dead_letters: 2 } }))).toEqual([
      ['position', null, null, null],
    ]);
  });

  it('with any byte of a used page changed is found damaged or says the same', () => {
    const sound = readFileSync(file);
    const reference = inspect().crc;
    let damaged = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: sound.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, mask) => {
          const content = Buffer.from(sound);
          content[at] = content[at]! ^ mask;
          for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
          writeFileSync(file, content);
          const report = inspectAnything();
          if (report !== null && report.findings.length === 0)
            expect(report.crc, `byte ${at}`).toBe(reference);
          else damaged += 1;
        },
      ),
      { numRuns: 100 },
    );
    expect(damaged).toBeGreaterThan(10);
  }, 120_000);
});

/** Null where not even opening works. */
function inspectAnything(): StoreReport | null {
  try {
    return inspect();
  } catch (error) {
    if (error instanceof Database.SqliteError) return null;
    throw error;
  }
}
