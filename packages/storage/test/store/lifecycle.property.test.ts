import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Lifecycle,
  lifecycleStates,
  MemoryStore,
  openStore,
  type Store,
} from '../../src/store/index.js';
import { loggedEvent, spanOf } from '../../src/testing/store-events.js';
import { useTempDir } from './helpers.js';

interface Told {
  event_type: string;
  timestamp: number;
  data: Record<string, unknown>;
}

const patterns = ['SWEEP', 'BREAKOUT', undefined];

/** What is said of a signal or a fire is always the same, in whichever event. */
function signalData(n: number): Record<string, unknown> {
  return { signal_id: `S${n}`, pattern_type: patterns[n % 3], symbol: `SYM${n}`, confidence: n };
}

function fireData(n: number): Record<string, unknown> {
  return { fire_id: `F${n}`, ...(n === 0 ? {} : { signal_id: `S${n % 4}` }), symbol: `SYM${n % 4}` };
}

const someTime = fc.integer({ min: 1, max: 1_000_000 }).map((n) => n / 1000);

const someEvent: fc.Arbitrary<Told> = fc.oneof(
  fc.record({
    event_type: fc.constantFrom('signal_generated', 'signal_expired', 'signal_outcome'),
    timestamp: someTime,
    data: fc.integer({ min: 0, max: 4 }).map((n) => ({ ...signalData(n), outcome: n % 2 ? 'WIN' : 'LOSS' })),
  }),
  fc.record({
    event_type: fc.constantFrom('fire_command', 'trade_executed', 'trade_confirmed', 'trade_outcome'),
    timestamp: someTime,
    data: fc
      .integer({ min: 0, max: 6 })
      .map((n) => ({ ...fireData(n), outcome: n % 3 ? 'CLOSED' : 'SL_HIT', profit: n - 3 })),
  }),
  fc.record({
    event_type: fc.constant('market_data'),
    timestamp: someTime,
    data: fc.constant({ symbol: 'EURUSD' }),
  }),
);

/** Events, and into spans of which lengths they are cut. */
const someStory = fc.record({
  told: fc.array(someEvent, { maxLength: 60 }),
  spans: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
});

function apply(store: Store, told: readonly Told[], spans: readonly number[]): void {
  for (let from = 0, i = 0; from < told.length; i += 1) {
    const next = Math.min(told.length, from + spans[i % spans.length]!);
    store.applyEvents(spanOf(told.slice(from, next).map((event, at) => loggedEvent(from + at + 1, event))));
    from = next;
  }
}

/** What a life says apart from which event was the first of a hop. */
function withoutFirsts(lives: readonly Lifecycle[]): unknown[] {
  const isOfOrder = /_(seq|at|s)$/;
  return lives
    .map((life) => Object.entries(life).filter(([name]) => !isOfOrder.test(name)))
    .map((entries) => JSON.stringify(entries))
    .sort();
}

describe('the lives of signals and fires', { timeout: 120_000 }, () => {
  const tempDir = useTempDir();
  const opened = (make: () => Store) => {
    const store = make();
    store.bind('log-a');
    return store;
  };

  it('are what telling them anew from all events gives, whatever came in which order', () => {
    const dir = tempDir();
    let files = 0;
    fc.assert(
      fc.property(someStory, ({ told, spans }) => {
        const [kept, model] = [
          opened(() => openStore({ file: join(dir, `${++files}.db`) })),
          opened(() => new MemoryStore()),
        ];
        try {
          for (const store of [kept, model]) apply(store, told, spans);
          for (const state of [undefined, ...lifecycleStates]) {
            const query = state === undefined ? {} : { state };
            expect(kept.lifecycle(query), state).toEqual(model.lifecycle(query));
          }
          expect(byName(kept)).toEqual(byName(model));
        } finally {
          kept.close();
        }
      }),
      { numRuns: 80 },
    );
  });

  it('are the same for any order of the same events, apart from which was the first', () => {
    const dir = tempDir();
    let files = 0;
    const shuffled = someStory.chain(({ told, spans }) =>
      fc.record({
        told: fc.constant(told),
        spans: fc.constant(spans),
        other: fc.shuffledSubarray(told, { minLength: told.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ told, spans, other }) => {
        const lives = [told, other].map((events) => {
          const store = opened(() => openStore({ file: join(dir, `${++files}.db`) }));
          try {
            apply(store, events, spans);
            return withoutFirsts(store.lifecycle());
          } finally {
            store.close();
          }
        });
        expect(lives[1]).toEqual(lives[0]);
      }),
      { numRuns: 30 },
    );
  });
});

function byName(store: Store): unknown {
  return store.patternStats().sort((a, b) => ((a.pattern ?? '') < (b.pattern ?? '') ? -1 : 1));
}
