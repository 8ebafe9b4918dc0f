import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type LoggedEvent,
  lifecycleStates,
  OldStore,
  openStore,
  type SqliteStore,
  StoreBuilder,
  StoreInspector,
  swapStore,
} from '../../src/store/index.js';
import { LifeBook } from '../../src/store/lives/life-book.js';
import { firesGoOn } from '../../src/store/lives/life-remover.js';
import { allTallies } from '../../src/store/lives/life-tally.js';
import { storeMigrations } from '../../src/store/migrations.js';
import { openStoreWith } from '../../src/store/sqlite-store.js';
import { loggedEvent, spanOf, storeEpoch } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

const tempDir = useTempDir();
let file: string;

beforeEach(() => {
  file = join(tempDir(), 'store.db');
});

/** Twenty chains one after the other, each of eight events: two orphans, an expiry, a hop that comes twice among them. */
function chains(from: number, count: number): LoggedEvent[] {
  const events: LoggedEvent[] = [];
  const add = (event_type: string, data: Record<string, unknown>) =>
    events.push(loggedEvent(from + events.length, { event_type, data }));
  for (let n = 0; n < count; n += 1) {
    const [signal_id, fire_id] = [`S${from + n}`, `F${from + n}`];
    add('signal_generated', { signal_id, pattern_type: n % 2 ? 'SWEEP' : 'BREAKOUT', symbol: 'EURUSD' });
    add('market_data', { symbol: 'EURUSD', bid: 1, ask: 1 });
    add('fire_command', { fire_id, signal_id: n % 7 === 3 ? `none-${n}` : signal_id, user_id: 'u' });
    add('trade_executed', { fire_id: n % 5 === 4 ? `X${fire_id}` : fire_id, ticket: n + 1 });
    add(n % 3 ? 'trade_executed' : 'signal_expired', { fire_id, signal_id, ticket: n + 1 });
    add('trade_confirmed', { fire_id, signal_id });
    add('trade_outcome', { fire_id, outcome: n % 2 ? 'TP_HIT' : 'SL_HIT', profit: n });
    add('signal_outcome', { signal_id, outcome: n % 4 ? 'WIN' : 'LOSS' });
  }
  return events;
}

function fill(store: SqliteStore, events: readonly LoggedEvent[]): void {
  store.bind('log-a');
  for (let at = 0; at < events.length; at += 13) store.applyEvents(spanOf(events.slice(at, at + 13)));
}

/** All that is said of lives. */
function told(store: SqliteStore): unknown {
  const states = lifecycleStates.map((state) => store.lifecycle({ state, limit: 1_000 }));
  return { all: store.lifecycle({ limit: 1_000 }), states, patterns: store.patternStats() };
}

function change(sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

function findings(): Array<[kind: string, found: string]> {
  const inspector = new StoreInspector(file);
  inspector.checkFile();
  const report = inspector.finish({ events: 1, dead_letters: 1 });
  inspector.close();
  return report.findings.map(({ kind, found }) => [kind, found]);
}

describe('a store of version 1', () => {
  it('has the lives and resolutions of its events once it is opened', () => {
    const events = chains(1, 20);
    const resolved = { dead_letter: 1, action: 'retried', seq: 3, reason: 'why', by: 'ann' };
    events.push(loggedEvent(161, { event_type: 'dead_letter_resolved', data: resolved }));
    const fresh = openStore({ file });
    fill(fresh, events);
    const expected = told(fresh);
    fresh.close();
    file = join(tempDir(), 'old.db');
    // As version 1 left them: the rows, and nothing of what version 2 added.
    makeVersion1(events);
    const store = openStore({ file });
    expect(told(store)).toEqual(expected);
    store.close();
    const db = new Database(file, { readonly: true });
    expect(db.prepare('SELECT * FROM dead_letter_resolutions').all()).toMatchObject([
      { event_id: 161, ...resolved },
    ]);
    db.close();
    expect(findings()).toEqual([]);
  });

  it('is carried over as it is, and has them in the new store', () => {
    makeVersion1(chains(1, 20));
    const old = new OldStore(file);
    const builder = new StoreBuilder({ file, logId: 'log-a' });
    builder.carry(old, 'events', 161);
    builder.carryStatuses(old);
    old.close();
    builder.finish();
    swapStore({ file });
    expect(findings()).toEqual([]);
    const store = openStore({ file });
    expect(store.lifecycle({ id: 'S2' })).toMatchObject([{ fire_id: 'F2', state: 'closed' }]);
    store.close();
  });
});

/** Takes away what version 3 has added; the lives' own index goes with their tables. */
const withoutVersion3 = `DROP TRIGGER event_rows_hour; DROP TRIGGER health_rows_said; DROP TRIGGER health_rows_removed;
    DROP TABLE component_hours; DROP TABLE event_hours; DROP TABLE signal_hours;
    DROP TABLE symbol_days; DROP VIEW balance_events; DROP TABLE balance_rows; DROP INDEX health_rows_time;
    ALTER TABLE health_rows DROP COLUMN timestamp;`;

/** Rows of a new store, and of its schema only what there was in version 1. */
function makeVersion1(events: readonly LoggedEvent[]): void {
  fill(openStoreWith({ file }, storeMigrations), events);
  change(`DROP VIEW lifecycle; DROP VIEW pattern_stats; DROP TABLE pattern_rows; DROP TABLE signal_lives;
    DROP TABLE fire_lives; DROP TRIGGER dead_letter_stored; DROP TABLE dead_letter_resolutions;
    ${withoutVersion3} PRAGMA user_version = 1;`);
}

describe('a store of version 2', () => {
  it('has rollups, balances and states once it is opened, as if it had always kept them', () => {
    const events = chains(1, 20);
    const more = [
      loggedEvent(161, {
        event_type: 'balance_update',
        data: { account_number: 'A', balance: 10, equity: 9 },
      }),
      loggedEvent(162, { event_type: 'system_health', data: { component: 'c', status: 'running' } }),
    ];
    const seen = (store: SqliteStore) => {
      const range = { from: storeEpoch, to: storeEpoch + 200 };
      const states = [storeEpoch + 40, storeEpoch + 200].map((at) => store.stateAt(at));
      const counts = [store.signalStats(range), store.symbolStats(range), store.volume(range)];
      return { states, counts, said: store.componentStatuses(range), lives: told(store) };
    };
    const fresh = openStore({ file });
    fill(fresh, [...events, ...more]);
    const expected = seen(fresh);
    fresh.close();
    expect(expected.states[1]).toMatchObject({
      accounts: [{ balance: 10 }],
      components: [{ status: 'running' }],
    });
    change(`${withoutVersion3} DROP INDEX fire_lives_held; PRAGMA user_version = 2;`);
    const store = openStore({ file });
    expect(seen(store)).toEqual(expected);
    store.close();
    expect(findings()).toEqual([]);
  });
});

describe('the trades that are open at an instant', () => {
  it('are open from the moment they are executed, and no more at the moment they are closed', () => {
    const store = openStore({ file });
    const at = (second: number) => storeEpoch + second;
    fill(store, [
      loggedEvent(1, { event_type: 'trade_executed', timestamp: at(10), data: { fire_id: 'F', volume: 1 } }),
      loggedEvent(2, { event_type: 'trade_outcome', timestamp: at(20), data: { fire_id: 'F' } }),
    ]);
    const open = [9, 10, 19, 20].map((second) => store.stateAt(at(second)).open_trades_total);
    expect(open).toEqual([0, 1, 1, 0]);
    store.close();
  });
});

describe('retention and lives', () => {
  it('removes a signal and its fires with their last event, and the others stay as they were', () => {
    const store = openStore({ file });
    fill(store, chains(1, 20));
    const before = store.lifecycle({ limit: 1_000 });
    // In the middle of the third chain: its signal is gone, its outcome is there.
    store.retain({ appendedBefore: storeEpoch + 20, rowsMax: 1_000 });
    expect(store.queryEvents({ limit: 1_000 }).at(-1)?.id).toBe(20);
    const after = store.lifecycle({ limit: 1_000 });
    expect(after).toEqual(before.filter(({ fire_id }) => !['F1', 'F2'].includes(fire_id ?? '')));
    expect(store.lifecycle({ id: 'S3' })).toMatchObject([{ fire_id: 'F3', missing: null, signal_seq: 17 }]);
    expect(store.patternStats().reduce((sum, { signals }) => sum + signals, 0)).toBe(18);
    store.close();
    expect(findings()).toEqual([]);
  });

  it('leaves nothing when all is gone, however it went', () => {
    const store = openStore({ file });
    fill(store, chains(1, 20));
    while (store.retain({ appendedBefore: storeEpoch + 1_000, rowsMax: 7 }).events > 0);
    expect(store.lifecycle()).toEqual([]);
    expect(store.patternStats()).toEqual([]);
    store.close();
    expect(findings()).toEqual([]);
  });
});

describe('a store made anew after retention', () => {
  it('tells of lives what the old one told, also of what happened before its oldest event', () => {
    const store = openStore({ file });
    fill(store, chains(1, 20));
    // In the middle of the fourteenth chain, after an execution that came twice.
    store.retain({ appendedBefore: storeEpoch + 110, rowsMax: 1_000 });
    const before = told(store);
    expect(store.lifecycle({ id: 'F14' })).toMatchObject([{ signal_seq: 105, executed_count: 2 }]);
    store.close();
    const old = new OldStore(file);
    const builder = new StoreBuilder({ file, logId: 'log-a' });
    builder.carry(old, 'events', 161);
    builder.carryLives(old);
    expect(told(builder.store)).toEqual(before);
    old.close();
    builder.finish();
    swapStore({ file });
    expect(findings()).toEqual([]);
  });
});

describe('looking for damage in lives', () => {
  beforeEach(() => {
    const store = openStore({ file });
    fill(store, chains(1, 20));
    store.close();
  });

  it('finds nothing in a sound store', () => {
    expect(findings()).toEqual([]);
  });

  it.each([
    ["UPDATE fire_lives SET executed_at = 1 WHERE fire_id = 'F2'", 'life', 'another life of fire_id F2'],
    ["UPDATE signal_lives SET won = 0 WHERE signal_id = 'S2'", 'life', 'another life of signal_id S2'],
    ["DELETE FROM fire_lives WHERE fire_id = 'F2'", 'life', 'no life of fire_id F2'],
    ["INSERT INTO fire_lives (no, fire_id, last_seq) VALUES (2, 'F99', 2)", 'life', 'a life of fire_id F99'],
    [
      "UPDATE pattern_rows SET wins = wins + 1 WHERE name = 'SWEEP'",
      'count',
      'other counts of SWEEP in pattern_stats',
    ],
  ])('finds %s', (sql, kind, found) => {
    change(sql);
    expect(findings()).toContainEqual([kind, found]);
  });

  it('finds a dead letter whose status is not what was said of it', () => {
    change(`INSERT INTO dead_letters VALUES (1, 1, '5571', NULL, NULL, NULL, NULL, '{', 'utf8', '[]', 'open');
      INSERT INTO dead_letter_resolutions VALUES (161, 1, 'discarded', NULL, NULL, NULL, 1);
      UPDATE dead_letters SET status = 'open'; UPDATE follow_cursors SET next = 2 WHERE log = 'dead_letters';`);
    expect(findings()).toEqual([['life', 'another status of dead letter 1']]);
  });
});

describe('a span that is undone', () => {
  it('leaves no trace in lives, and can be applied again', () => {
    const store = openStore({ file });
    const events = chains(1, 3);
    fill(store, events.slice(0, 10));
    const broken = {
      ...loggedEvent(14),
      get event(): never {
        throw new Error('the power went');
      },
    };
    expect(() => store.applyEvents({ from: 11, next: 15, items: [...events.slice(10, 13), broken] })).toThrow(
      'power',
    );
    store.applyEvents(spanOf(events.slice(10)));
    store.close();
    expect(findings()).toEqual([]);
  });
});

describe('ids that are no Unicode', () => {
  it('are no ghosts: what comes later finds them, and the store goes on', () => {
    const store = openStore({ file });
    const [half, other] = ['\\ud800', '\\udfff'];
    const told = (seq: number, event_type: string, data: string) => {
      const text = `{"event_type":"${event_type}","timestamp":1,"source":"s","data":${data}}`;
      return { seq, appendedAt: seq, text, event: JSON.parse(text) as LoggedEvent['event'] };
    };
    const events = [
      told(1, 'fire_command', `{"fire_id":"${half}","signal_id":"S","symbol":"${half}"}`),
      told(2, 'signal_generated', `{"signal_id":"S","pattern_type":"a${half}"}`),
      told(3, 'trade_executed', `{"fire_id":"${half}"}`),
      told(4, 'trade_executed', `{"fire_id":"${other}"}`),
    ];
    store.bind('log-a');
    for (const event of events) store.applyEvents(spanOf([event]));
    expect(store.lifecycle()).toMatchObject([{ fire_id: '\ufffd', signal_seq: 2, executed_count: 2 }]);
    store.close();
    expect(findings()).toEqual([]);
  });
});

describe('a signal of very many fires', () => {
  it('is told to them when there is something to tell, not each time it comes again', () => {
    openStore({ file }).close();
    const asked: string[] = [];
    const db = new Database(file, { verbose: (sql) => asked.push(String(sql)) });
    const book = new LifeBook(db, allTallies(db));
    const add = (seq: number, event_type: string, data: Record<string, unknown>) =>
      book.add(loggedEvent(seq, { event_type, data }).event, seq, seq);
    db.exec('BEGIN');
    for (let seq = 1; seq <= 300; seq += 1) add(seq, 'fire_command', { fire_id: `F${seq}`, signal_id: 'S' });
    for (let seq = 301; seq <= 600; seq += 1)
      add(seq, 'signal_generated', { signal_id: 'S', pattern_type: 'P' });
    book.settle();
    db.exec('COMMIT');
    // It came, and it came again: two things to tell.
    expect(asked.filter((sql) => sql.startsWith('SELECT fire_id'))).toHaveLength(2);
    db.close();
    const store = openStore({ file });
    expect(store.lifecycle({ id: 'F7' })).toMatchObject([
      { signal_at: 301, signal_count: 300, pattern: 'P' },
    ]);
    expect(store.lifecycle({ state: 'duplicates', limit: 1_000 })).toHaveLength(300);
    store.close();
  });

  it('goes with its last fire, and until then no batch of the retention looks at all of them', () => {
    const store = openStore({ file });
    const events = Array.from({ length: 500 }, (_, i) =>
      loggedEvent(i + 1, { event_type: 'fire_command', data: { fire_id: `F${i}`, signal_id: 'S' } }),
    );
    fill(store, events);
    const db = new Database(file);
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${firesGoOn}`).all(1, 1) as Array<{ detail: string }>;
    expect(plan.map(({ detail }) => detail)).toEqual([
      'SEARCH fire_lives USING INDEX fire_lives_signal (signal_no=?)',
    ]);
    db.close();
    store.retain({ appendedBefore: storeEpoch + 400, rowsMax: 1_000 });
    expect(store.lifecycle({ limit: 1_000 })).toHaveLength(500);
    store.retain({ appendedBefore: storeEpoch + 10_000, rowsMax: 1_000 });
    expect(store.lifecycle({ limit: 1_000 })).toEqual([]);
    store.close();
  });
});
