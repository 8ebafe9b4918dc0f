import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ForeignLogError, StoreHoleError } from '../store/errors.js';
import type { DeadLetter, DeadLetterQuery, Store } from '../store/types.js';
import { loggedEvent, spanOf, spanOfTicks, storeEpoch } from './store-events.js';
import { lifecycleContract } from './store-lifecycle-contract.js';
import { queryContract } from './store-query-contract.js';

/** Opens an empty store that reads this clock (Unix seconds). */
export type MakeStore = (options: { clock: () => number }) => Store;

/** What every store promises, whatever it keeps its rows in. */
export function storeContract(name: string, makeStore: MakeStore): void {
  describe(`${name}: the contract of a store`, () => {
    let store: Store;
    let now: number;

    beforeEach(() => {
      now = storeEpoch;
      store = makeStore({ clock: () => now });
      store.bind('log-a');
    });
    afterEach(() => store.close());

    bindContract(
      () => store,
      (clock) => makeStore({ clock }),
    );
    applyContract(() => store);
    deadLetterContract(() => store);
    countContract(
      () => store,
      (seconds) => {
        now += seconds;
      },
    );
    queryContract(() => store);
    lifecycleContract(() => store);
  });
}

function bindContract(bound: () => Store, make: (clock: () => number) => Store): void {
  it('has no log before the first bind, and keeps the one it was bound to', () => {
    const fresh = make(() => storeEpoch);
    expect(fresh.logId).toBeNull();
    fresh.bind('log-a');
    fresh.bind('log-a');
    expect(fresh.logId).toBe('log-a');
    fresh.close();
  });

  it('takes on another log while it holds nothing, and refuses one once it does', () => {
    const store = bound();
    store.bind('log-b');
    store.applyEvents(spanOfTicks(1, 3));
    expect(() => store.bind('log-c')).toThrow(ForeignLogError);
    expect(store.logId).toBe('log-b');
    store.bind('log-b');
  });

  it('refuses a span before it was bound: positions mean nothing without a log', () => {
    const fresh = make(() => storeEpoch);
    expect(() => fresh.applyEvents(spanOfTicks(1, 2))).toThrow(/bind/);
    fresh.close();
  });
}

function applyContract(bound: () => Store): void {
  it('begins at position 1 and moves its cursor with each span', () => {
    const store = bound();
    expect(store.cursor('events')).toBe(1);
    expect(store.cursor('dead_letters')).toBe(1);
    store.applyEvents(spanOfTicks(1, 4));
    expect(store.cursor('events')).toBe(4);
    expect(store.cursor('dead_letters')).toBe(1);
  });

  it('stores every event once where spans overlap, repeat and lie within each other', () => {
    const store = bound();
    for (const [from, next] of [
      [1, 5],
      [1, 5],
      [3, 9],
      [2, 4],
      [9, 10],
      [1, 12],
    ] as const) {
      store.applyEvents(spanOfTicks(from, next));
    }
    const ids = store.queryEvents({ limit: 1000 }).map((event) => event.id);
    expect(ids).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(store.cursor('events')).toBe(12);
    expect(store.getStats().events_stored).toBe(11);
  });

  it('refuses a span that would leave a hole, and stays as it was', () => {
    const store = bound();
    store.applyEvents(spanOfTicks(1, 4));
    expect(() => store.applyEvents(spanOfTicks(5, 7))).toThrow(StoreHoleError);
    expect(store.cursor('events')).toBe(4);
    expect(store.queryEvents({}).length).toBe(3);
    store.applyEvents(spanOfTicks(4, 7));
    expect(store.queryEvents({}).length).toBe(6);
  });

  it('skips what retention removed, and keeps a note of it', () => {
    const store = bound();
    store.applyEvents(spanOfTicks(1, 4));
    store.skip('events', { to: 1000, why: 'retention by size' });
    store.skip('events', { to: 500, why: 'an older gap' });
    expect(store.cursor('events')).toBe(1000);
    expect(store.cursor('dead_letters')).toBe(1);
    expect(store.gaps()).toEqual([
      { log: 'events', from: 4, to: 1000, why: 'retention by size', noticed_at: expect.any(Number) },
    ]);
    store.applyEvents(spanOfTicks(1000, 1002));
    expect(store.queryEvents({}).map((event) => event.id)).toEqual([1001, 1000, 3, 2, 1]);
  });

  it('passes over positions without an event', () => {
    const store = bound();
    store.applyEvents({ from: 1, next: 1000, items: [] });
    store.applyEvents({ from: 1000, next: 1003, items: [loggedEvent(1001)] });
    expect(store.cursor('events')).toBe(1003);
    expect(store.queryEvents({}).map((event) => event.id)).toEqual([1001]);
  });

  it('refuses items that are out of order or outside their span, whole', () => {
    const store = bound();
    const [one, two] = [loggedEvent(1), loggedEvent(2)];
    expect(() => store.applyEvents({ from: 1, next: 3, items: [two, one] })).toThrow(/order/);
    expect(() => store.applyEvents({ from: 1, next: 2, items: [one, two] })).toThrow(/order/);
    expect(() => store.applyEvents({ from: 1, next: 3, items: [one, one] })).toThrow(/order/);
    expect(store.cursor('events')).toBe(1);
    expect(store.queryEvents({})).toEqual([]);
  });
}

function letter(seq: number): DeadLetter & { seq: number; appendedAt: number } {
  return {
    seq,
    appendedAt: storeEpoch + seq,
    received_at: storeEpoch + seq - 0.5,
    door: '5572',
    producer: 'webapp-1',
    producer_seq: 7,
    event_type: 'fire_command',
    source: 'webapp',
    payload: '{"event_type":"fire_command"}',
    encoding: 'utf8',
    issues: [{ path: 'data.direction', code: 'missing', found: 'nothing', expected: 'BUY or SELL' }],
  };
}

function deadLetterContract(bound: () => Store): void {
  it('keeps dead letters as they came, newest first, on a cursor of their own', () => {
    const store = bound();
    store.applyDeadLetters(spanOf([letter(1), letter(2)]));
    store.applyDeadLetters(spanOf([letter(1), letter(2), letter(3)]));
    const { seq, appendedAt, ...third } = letter(3);
    expect(store.deadLetters({ limit: 1 })).toEqual([{ ...third, id: seq, status: 'open' }]);
    expect(store.deadLetters().map((dead) => dead.id)).toEqual([3, 2, 1]);
    expect(store.cursor('dead_letters')).toBe(4);
    expect(store.cursor('events')).toBe(1);
    expect(appendedAt).toBeGreaterThan(third.received_at);
  });

  it('tells those dead letters that are asked for', () => {
    const store = bound();
    const unnamed = { ...letter(2), event_type: null, source: null };
    store.applyDeadLetters(
      spanOf([letter(1), unnamed, { ...letter(3), event_type: 'market_data' }, letter(4)]),
    );
    const idsOf = (query: DeadLetterQuery) => store.deadLetters(query).map(({ id }) => id);
    expect(idsOf({ ids: [4, 1, 9] })).toEqual([4, 1]);
    expect(idsOf({ event_types: ['fire_command'] })).toEqual([4, 1]);
    expect(idsOf({ event_types: ['fire_command', 'market_data'], limit: 2 })).toEqual([4, 3]);
    expect(idsOf({ sources: ['webapp'], statuses: ['open'] })).toEqual([4, 3, 1]);
    expect(idsOf({ statuses: ['retried'] })).toEqual([]);
    expect(idsOf({ statuses: [] })).toEqual([]);
    expect(idsOf({ since: letter(3).received_at })).toEqual([4, 3]);
    expect(idsOf({ before: 3, limit: 1 })).toEqual([2]);
    expect(store.deadLetters({ ids: [1], payload_length_max: 9 })[0]?.payload).toBe('{"event_t');
  });

  it('keeps a dead letter of which nothing is known', () => {
    const store = bound();
    const nothing = { producer: null, producer_seq: null, event_type: null, source: null };
    store.applyDeadLetters(
      spanOf([
        { ...letter(1), ...nothing, door: '5571' as const, payload: '/w==', encoding: 'base64' as const },
      ]),
    );
    expect(store.deadLetters()[0]).toMatchObject({ ...nothing, door: '5571', encoding: 'base64' });
  });

  it.each([
    ['after', true],
    ['before', false],
  ] as const)('takes the last word on a dead letter where the events come %s it', (_, isFirst) => {
    const store = bound();
    const words = [
      { dead_letter: 1, action: 'discarded', by: 'ann' },
      { dead_letter: 1, action: 'corrected', seq: 7, reason: 'a typing error' },
      { dead_letter: 2, action: 'retried', seq: 8 },
      { dead_letter: 3, action: 'eaten' },
      { action: 'discarded' },
    ];
    const events = spanOf(
      words.map((data, i) => loggedEvent(i + 1, { event_type: 'dead_letter_resolved', data })),
    );
    if (isFirst) store.applyDeadLetters(spanOf([letter(1), letter(2), letter(3)]));
    store.applyEvents(events);
    if (!isFirst) store.applyDeadLetters(spanOf([letter(1), letter(2), letter(3)]));
    expect(store.deadLetters().map(({ status }) => status)).toEqual(['open', 'retried', 'corrected']);
    expect(store.summary()).toMatchObject({ dead_letters_open: 1, rows: 5 });
    expect(store.deadLetterCounts()).toEqual({ open: 1, retried: 1, corrected: 1 });
    expect(store.deadLetterResolutions(1)).toMatchObject([
      { event_id: 1, action: 'discarded', seq: null, reason: null, by: 'ann' },
      { event_id: 2, action: 'corrected', seq: 7, reason: 'a typing error', by: null },
    ]);
    expect(store.deadLetterResolutions(3)).toEqual([]);
  });

  it('refuses a hole among dead letters', () => {
    expect(() => bound().applyDeadLetters(spanOf([letter(2)]))).toThrow(StoreHoleError);
  });
}

function countContract(bound: () => Store, pass: (seconds: number) => void): void {
  it('counts what it stored since it was opened, by the clock it was given', () => {
    const store = bound();
    expect(store.getStats()).toEqual({
      events_received: 0,
      events_stored: 0,
      events_failed: 0,
      start_time: storeEpoch,
      last_event_time: null,
      uptime: 0,
    });
    pass(10);
    store.applyEvents(spanOfTicks(1, 6));
    pass(5);
    store.applyEvents(spanOfTicks(1, 6));
    expect(store.getStats()).toMatchObject({ events_received: 5, events_stored: 5, uptime: 15 });
    expect(store.getStats().last_event_time).toBe(storeEpoch + 10);
  });

  it('sums up what it holds by type, most rows first', () => {
    const store = bound();
    expect(store.summary()).toMatchObject({
      rows: 0,
      by_type: [],
      first_timestamp: null,
      last_timestamp: null,
    });
    store.applyEvents(
      spanOf([
        loggedEvent(1, { event_type: 'user_action', timestamp: 50 }),
        loggedEvent(2, { timestamp: 30 }),
        loggedEvent(3, { timestamp: 20 }),
      ]),
    );
    store.applyDeadLetters(spanOf([letter(1)]));
    expect(store.summary()).toMatchObject({
      log_id: 'log-a',
      rows: 3,
      by_type: [
        { event_type: 'market_data', rows: 2, first_timestamp: 20, last_timestamp: 30 },
        { event_type: 'user_action', rows: 1, first_timestamp: 50, last_timestamp: 50 },
      ],
      first_timestamp: 20,
      last_timestamp: 50,
      dead_letters: 1,
      dead_letters_open: 1,
      bytes: expect.any(Number),
      wal_bytes: expect.any(Number),
      cursors: { events: 4, dead_letters: 2 },
    });
  });
}
