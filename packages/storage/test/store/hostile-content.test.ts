import { join } from 'node:path';
import type { Envelope } from '@bitten/schema';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore, StoreUnavailableError } from '../../src/store/index.js';
import { loggedEvent, spanOf, spanOfTicks, storeEpoch } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

describe('content the store did not expect', () => {
  const tempDir = useTempDir();

  function opened() {
    const file = join(tempDir(), 'store.db');
    const store = openStore({ file });
    store.bind('log');
    const ask = (sql: string) => {
      const db = new Database(file, { readonly: true });
      const rows = db.prepare(sql).raw().all();
      db.close();
      return rows;
    };
    return { store, ask, file };
  }

  it('stores what fits of a special row, and the event whole', () => {
    const { store, ask } = opened();
    const data = {
      signal_id: 17,
      symbol: ['EURUSD'],
      direction: true,
      confidence: '85.5',
      pattern_type: null,
    };
    const odd = { ...data, entry_price: 'cheap', stop_pips: {}, target_pips: '' };
    store.applyEvents(
      spanOf([loggedEvent(1, { event_type: 'signal_generated', data: odd }), loggedEvent(2)]),
    );
    expect(
      ask(
        'SELECT signal_id, symbol, direction, confidence, pattern_type, entry_price, target_pips FROM signal_events',
      ),
    ).toEqual([['17', null, 'true', 85.5, null, null, null]]);
    expect(store.queryEvents({ event_type: 'signal_generated' })[0]?.data).toEqual(odd);
    expect(store.getStats()).toMatchObject({ events_stored: 2, events_failed: 0 });
  });

  it('stores an envelope that is not one, and goes on', () => {
    const { store } = opened();
    const nothing = { seq: 1, appendedAt: storeEpoch, text: '{}', event: {} as Envelope };
    const text = '{"event_type":7,"timestamp":"soon","source":null,"data":[1]}';
    const wrong = { seq: 2, appendedAt: storeEpoch, text, event: JSON.parse(text) as Envelope };
    store.applyEvents(spanOf([nothing, wrong, loggedEvent(3)]));
    expect(store.cursor('events')).toBe(4);
    expect(store.queryEvents({}).map((event) => [event.id, event.event_type, event.source])).toEqual([
      [3, 'market_data', 'mt5_feed'],
      [2, '7', 'unknown'],
      [1, 'unknown', 'unknown'],
    ]);
  });

  it('counts a row the database refuses, and stores the rest of its span', () => {
    const { store, file } = opened();
    const db = new Database(file);
    db.exec(`CREATE TRIGGER refuse BEFORE INSERT ON event_rows WHEN new.seq = 2
      BEGIN SELECT RAISE(ABORT, 'no'); END`);
    db.close();
    store.applyEvents(spanOfTicks(1, 5));
    expect(store.queryEvents({}).map((event) => event.id)).toEqual([4, 3, 1]);
    expect(store.cursor('events')).toBe(5);
    expect(store.getStats()).toMatchObject({ events_received: 4, events_stored: 3, events_failed: 1 });
    expect(store.summary().rows).toBe(3);
    store.close();
  });

  it('undoes the whole span when the database fails, forgets what it learned, and can do it again', () => {
    const { store, file } = opened();
    store.applyEvents(spanOfTicks(1, 3));
    const other = new Database(file);
    other.pragma('journal_mode = WAL');
    other.exec(`CREATE TRIGGER full BEFORE UPDATE ON follow_cursors BEGIN SELECT RAISE(FAIL, 'disk'); END`);
    const span = spanOf(
      [3, 4].map((seq) =>
        loggedEvent(seq, { event_type: 'new_type', source: 'new', data: { symbol: 'NEWSYM', key: 'value' } }),
      ),
    );
    expect(() => store.applyEvents(span)).toThrow();
    expect(store.cursor('events')).toBe(3);
    other.exec('DROP TRIGGER full');
    // What the undone span had been given, ids and shapes, now belongs to somebody else.
    store.applyEvents(
      spanOf([loggedEvent(3, { event_type: 'other', source: 'o', data: { symbol: 'OTHERS', key: 'z' } })]),
    );
    const other3 = { id: 3, event_type: 'other', source: 'o', data: { symbol: 'OTHERS', key: 'z' } };
    expect(store.queryEvents({ limit: 1 })).toMatchObject([other3]);
    store.applyEvents({ from: 4, next: 5, items: [span.items[1]!] });
    expect(store.queryEvents({ limit: 2 })).toMatchObject([
      { id: 4, event_type: 'new_type', source: 'new', data: { symbol: 'NEWSYM', key: 'value' } },
      other3,
    ]);
    expect(store.queryEvents({ symbol: 'NEWSYM' }).length).toBe(1);
    other.close();
    store.close();
  });

  it('says when the file is held by another writer', () => {
    const { store, file } = opened();
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const impatient = openStore({ file, busyWait_ms: 1 });
    expect(() => impatient.applyEvents(spanOfTicks(1, 2))).toThrow(StoreUnavailableError);
    other.exec('ROLLBACK');
    impatient.applyEvents(spanOfTicks(1, 2));
    expect(store.cursor('events')).toBe(2);
    for (const open of [impatient, other, store]) open.close();
  });

  it('survives a flood of types, sources, symbols and shapes', () => {
    const { store, ask } = opened();
    const flood = Array.from({ length: 3000 }, (_, i) =>
      loggedEvent(i + 1, {
        event_type: `type_${i}`,
        source: `source_${i}`,
        data: { symbol: `S${i}`, [`k${i}`]: 1 },
      }),
    );
    store.applyEvents(spanOf(flood));
    expect(ask('SELECT COUNT(*) FROM shapes')[0]).toEqual([500]);
    expect(store.queryEvents({ symbol: 'S2999' })).toMatchObject([
      { id: 3000, data: { symbol: 'S2999', k2999: 1 } },
    ]);
    store.applyEvents(spanOf([loggedEvent(3001, { event_type: 'type_0' })]));
    expect(store.summary().by_type[0]).toMatchObject({ event_type: 'type_0', rows: 2 });
    store.close();
  });
});
