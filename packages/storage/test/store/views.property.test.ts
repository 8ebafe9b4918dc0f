import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/store/memory-store.js';
import { checkRollups } from '../../src/store/rollups/rollup-checks.js';
import { openStore } from '../../src/store/sqlite-store.js';
import type { Store } from '../../src/store/types.js';
import { loggedEvent, spanOf } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

const hour_s = 3_600;
/** Monday, 15 September 2025, 00:00 UTC. */
const epoch = 1_757_894_400;

/** Few names and few times, so that they meet. */
const someTime = fc
  .record({ hour: fc.integer({ min: 0, max: 60 }), part: fc.integer({ min: 0, max: 3 }) })
  .map(({ hour, part }) => epoch + hour * hour_s + part * 900);
const id = (prefix: string) => fc.integer({ min: 1, max: 4 }).map((n) => `${prefix}${n}`);
const symbol = fc.constantFrom('EURUSD', 'GBPUSD', 'XAUUSD');
const money = fc.integer({ min: -5_000, max: 5_000 }).map((cents) => cents / 100);

const someData = fc.oneof(
  fc.record({ event_type: fc.constant('market_data'), data: fc.record({ symbol, bid: money, ask: money }) }),
  fc.record({
    event_type: fc.constant('signal_generated'),
    data: fc.record({
      signal_id: id('S'),
      symbol,
      confidence: fc.integer({ min: 0, max: 1_000 }).map((n) => n / 10),
      pattern_type: fc.constantFrom('SWEEP', 'BLOCK'),
    }),
  }),
  fc.record({
    event_type: fc.constant('signal_outcome'),
    data: fc.record({ signal_id: id('S'), outcome: fc.constantFrom('WIN', 'LOSS', 'WHAT') }),
  }),
  fc.record({
    event_type: fc.constantFrom('fire_command', 'trade_executed'),
    data: fc.record({
      fire_id: id('F'),
      signal_id: id('S'),
      symbol,
      volume: money,
      open_price: money,
      ticket: fc.nat(9),
    }),
  }),
  fc.record({
    event_type: fc.constant('trade_outcome'),
    data: fc.record({ fire_id: id('F'), outcome: fc.constantFrom('TP_HIT', 'SL_HIT'), profit: money }),
  }),
  fc.record({
    event_type: fc.constant('balance_update'),
    data: fc.record({ account_number: id('A'), user_id: id('u'), balance: money, equity: money }),
  }),
  fc.record({
    event_type: fc.constant('system_health'),
    data: fc.record({ component: id('c'), status: fc.constantFrom('running', 'error') }),
  }),
);

const someEvent = fc
  .record({
    said: someData,
    timestamp: someTime,
    source: fc.constantFrom('one', 'two'),
    correlation_id: fc.option(id('S')),
    user_id: fc.option(id('u')),
  })
  .map(({ said, ...envelope }) => ({ ...envelope, ...said }));
const someStory = fc.array(someEvent, { maxLength: 60 });

const someSearch = fc.record(
  {
    types: fc.subarray(['market_data', 'fire_command', 'trade_executed', 'nobody'], { minLength: 1 }),
    symbols: fc.subarray(['EURUSD', 'XAUUSD', 'NONE'], { minLength: 1 }),
    users: fc.subarray(['u1', 'u2', 'u3'], { minLength: 1 }),
    sources: fc.subarray(['one', 'two'], { minLength: 1 }),
    correlation: id('S'),
    text: fc.constantFrom('eurusd', 'SWEEP', '"F1"', '%', '_'),
    from: someTime,
    to: someTime,
    limit: fc.integer({ min: 1, max: 7 }),
  },
  { requiredKeys: [] },
);

/** All pages of a search, one after the other. */
function searched(store: Store, search: object): unknown[] {
  const found: unknown[] = [];
  let page = store.searchEvents(search);
  for (;;) {
    found.push(...page.events);
    if (page.next === null) return found;
    page = store.searchEvents({ ...search, before: page.next });
  }
}

/** All that one can see of a store at some instants. */
function views(store: Store, times: readonly number[]): unknown {
  const [from, to] = [Math.min(...times), Math.max(...times)];
  return {
    states: times.map((time) => store.stateAt(time)),
    places: times.map((time) => store.seqFrom(time)),
    equity: store.equity({ from, to, points: 5 }),
    statuses: store.componentStatuses({ from, to }),
    signals: store.signalStats({ from, to }),
    symbols: store.symbolStats({ from, to }),
    volume: store.volume({ from, to }),
    days: store.volume({ from, to, step_s: 86_400 }),
    history: store.history(),
    about: ['S1', 'F1', 'u1'].map((about) => store.eventsAbout(about)),
    slow: store.slowestFires('to_execute_s'),
    counts: store.lifecycleCounts(),
    pages: [store.lifecycle({ limit: 3 }), store.lifecycle({ limit: 3, before: 9 })],
  };
}

describe('what people look at', { timeout: 120_000 }, () => {
  const tempDir = useTempDir();
  let files = 0;
  const pair = (): { kept: Store & { close(): void }; model: Store; file: string } => {
    files += 1;
    const file = join(tempDir(), `${files}.db`);
    const [kept, model] = [openStore({ file }), new MemoryStore()];
    for (const store of [kept, model]) store.bind('log-a');
    return { kept, model, file };
  };
  const apply = (store: Store, story: readonly object[], span: number) => {
    for (let from = 0; from < story.length; from += span) {
      const events = story.slice(from, from + span);
      store.applyEvents(spanOf(events.map((event, i) => loggedEvent(from + i + 1, event))));
    }
  };

  it('is what telling it anew from all events gives, whatever came in which order', () => {
    const some = fc.array(fc.nat({ max: 60 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(someStory, some, fc.integer({ min: 1, max: 20 }), (story, places, span) => {
        // At the very instants something happens: there it is decided what counts as having happened.
        const instants = places.map(
          (place) => story[place % story.length]?.timestamp ?? epoch + place * hour_s,
        );
        const { kept, model, file } = pair();
        try {
          for (const store of [kept, model]) apply(store, story, span);
          expect(views(kept, instants)).toEqual(views(model, instants));
        } finally {
          kept.close();
        }
        const db = new Database(file, { readonly: true });
        expect(checkRollups(db)).toEqual([]);
        db.close();
      }),
      { numRuns: 80 },
    );
  });

  it('is found by any search, page by page, as by looking at every event', () => {
    fc.assert(
      fc.property(someStory, someSearch, (story, search) => {
        const { kept, model } = pair();
        try {
          for (const store of [kept, model]) apply(store, story, 15);
          expect(searched(kept, search)).toEqual(searched(model, { ...search, limit: 100 }));
        } finally {
          kept.close();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is counted without what retention has removed', () => {
    fc.assert(
      fc.property(someStory, fc.integer({ min: 1, max: 60 }), (story, seq) => {
        const { kept, file } = pair();
        apply(kept, story, 10);
        const sqlite = kept as ReturnType<typeof openStore>;
        sqlite.retain({ appendedBefore: loggedEvent(seq).appendedAt, rowsMax: 1_000 });
        kept.close();
        const db = new Database(file, { readonly: true });
        expect(checkRollups(db)).toEqual([]);
        db.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('a search for what is rare', () => {
  const tempDir = useTempDir();

  it('shows nothing of one type that is older than how far another was looked through', () => {
    const store = openStore({ file: join(tempDir(), 'two.db') });
    store.bind('log-a');
    // Five thousand of the one, then as many of the other: looked for is one of the newest of the one and of the oldest
    // of the other.
    const events = Array.from({ length: 10_000 }, (_, i) => {
      const note = [4_900, 5_003].includes(i) ? 'needle' : 'hay';
      return loggedEvent(i + 1, { event_type: i < 5_000 ? 'older' : 'newer', data: { note } });
    });
    store.applyEvents(spanOf(events));
    const search = { types: ['older', 'newer'], text: 'needle', scan_max: 4_000 };
    const found: number[] = [];
    let page = store.searchEvents(search);
    for (let pages = 1; ; pages += 1) {
      found.push(...page.events.map(({ id }) => id));
      if (page.next === null) break;
      expect(pages).toBeLessThan(20);
      page = store.searchEvents({ ...search, before: page.next });
    }
    expect(found).toEqual([5_004, 4_901]);
    store.close();
  });

  it('stops after so many rows, says how far it came, and goes on from there', () => {
    const store = openStore({ file: join(tempDir(), 'rare.db') });
    store.bind('log-a');
    const ticks = Array.from({ length: 9_000 }, (_, i) => loggedEvent(i + 1));
    ticks[10] = loggedEvent(11, { data: { symbol: 'EURUSD', note: 'needle' } });
    store.applyEvents(spanOf(ticks));
    const first = store.searchEvents({ text: 'needle', scan_max: 4_000 });
    expect(first.events).toEqual([]);
    expect(first.searched_to).toBe(loggedEvent(5_001).event.timestamp);
    const second = store.searchEvents({ text: 'needle', scan_max: 8_000, before: first.next! });
    expect(second.events.map(({ id }) => id)).toEqual([11]);
    expect(second.next).toBeNull();
    store.close();
  });
});
