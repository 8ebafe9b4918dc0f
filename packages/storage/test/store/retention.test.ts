import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStore, type SqliteStore } from '../../src/store/index.js';
import { loggedEvent, spanOf, spanOfTicks, storeEpoch } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

const tempDir = useTempDir();
let file: string;
let store: SqliteStore;

beforeEach(() => {
  file = join(tempDir(), 'store.db');
  store = openStore({ file, clock: () => 77 });
  store.bind('log-a');
  return () => store.close();
});

const letter = (seq: number, receivedAt: number, payload = '{') => ({
  seq,
  appendedAt: receivedAt,
  received_at: receivedAt,
  door: '5571' as const,
  producer: null,
  producer_seq: null,
  event_type: null,
  source: null,
  payload,
  encoding: 'utf8' as const,
  issues: [],
});

/** Ticks, and every third event one with a special row. */
function applyMixed(from: number, next: number): void {
  const kinds = [
    {},
    { event_type: 'signal_generated', data: { signal_id: 'S', confidence: 1 } },
    { event_type: 'trade_executed', data: { fire_id: 'F', ticket: 1 } },
    { event_type: 'system_health', data: { component: 'c', status: 's' } },
  ];
  store.applyEvents(
    spanOf(Array.from({ length: next - from }, (_, i) => loggedEvent(from + i, kinds[(from + i) % 4]))),
  );
}

function ask<Row>(sql: string): Row[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).raw().all() as Row[];
  } finally {
    db.close();
  }
}

describe('retention of the store', { timeout: 60_000 }, () => {
  it('by age removes what was appended before, with its special rows, and keeps the counts right', () => {
    applyMixed(1, 101);
    // The events were appended a quarter of a second after their own second.
    const removed = store.retain({ appendedBefore: storeEpoch + 41, rowsMax: 1_000 });
    expect(removed).toEqual({ events: 40, dead_letters: 0 });
    expect(ask('SELECT MIN(id), COUNT(*) FROM events')).toEqual([[41, 60]]);
    for (const table of ['signal_events', 'trade_events', 'health_events']) {
      expect(ask(`SELECT MIN(id) > 40, COUNT(*) FROM ${table}`), table).toEqual([[1, 15]]);
    }
    expect(ask('SELECT event_type, count FROM event_stats ORDER BY 1')).toEqual(
      ask('SELECT event_type, COUNT(*) FROM events GROUP BY 1 ORDER BY 1'),
    );
    expect(store.retain({ appendedBefore: storeEpoch + 41, rowsMax: 1_000 })).toEqual({
      events: 0,
      dead_letters: 0,
    });
  });

  it('goes batch by batch, and one gap says how far it has come', () => {
    applyMixed(1, 101);
    const went = [];
    for (let i = 0; i < 5; i += 1)
      went.push(store.retain({ appendedBefore: storeEpoch + 41, rowsMax: 15 }).events);
    expect(went).toEqual([15, 15, 10, 0, 0]);
    expect(store.gaps()).toEqual([
      { log: 'events', from: 1, to: 41, why: 'removed from the store by its retention', noticed_at: 77 },
    ]);
    expect(store.cursor('events')).toBe(101);
    applyMixed(101, 102);
  });

  it('of dead letters goes by when they were received', () => {
    store.applyDeadLetters(spanOf([letter(1, 10), letter(2, 20), letter(3, 30)]));
    expect(store.retain({ appendedBefore: 25, rowsMax: 10 })).toEqual({ events: 0, dead_letters: 2 });
    expect(store.deadLetters().map(({ id }) => id)).toEqual([3]);
    expect(store.gaps()).toMatchObject([{ log: 'dead_letters', from: 1, to: 3 }]);
  });

  it('by size takes whatever is oldest, until the rest fits', () => {
    applyMixed(1, 2_001);
    const times = Array.from({ length: 400 }, (_, i) => letter(i + 1, storeEpoch + 5 * i, 'x'.repeat(4_000)));
    store.applyDeadLetters(spanOf(times));
    const bytesMax = Math.floor(store.summary().bytes / 2);
    for (let i = 0; i < 200; i += 1) store.retain({ bytesMax, rowsMax: 50 });
    const [[event], [dead]] = [
      ask<[number]>('SELECT MIN(created_at) FROM events'),
      ask<[number]>('SELECT MIN(received_at) FROM dead_letters'),
    ];
    expect(Math.abs(event![0] - dead![0])).toBeLessThan(300);
    expect(ask<[number]>('SELECT COUNT(*) FROM dead_letters')[0]![0]).toBeGreaterThan(50);
    expect(store.retain({ bytesMax, rowsMax: 50 })).toEqual({ events: 0, dead_letters: 0 });
  });

  it('keeps the file as large as it was, however much is stored', () => {
    const bytesMax = 2 * 1024 * 1024;
    let largest = 0;
    for (let from = 1; from < 60_000; from += 500) {
      store.applyEvents(spanOfTicks(from, from + 500));
      store.retain({ bytesMax, rowsMax: 1_000 });
      largest = Math.max(largest, store.summary().bytes);
    }
    store.close();
    expect(statSync(file).size).toBeLessThan(bytesMax * 1.2);
    expect(largest).toBeLessThan(bytesMax * 1.2);
    expect(ask<[number]>('SELECT COUNT(*) FROM events')[0]![0]).toBeGreaterThan(5_000);
    store = openStore({ file });
  });
});
