import { expect, it } from 'vitest';
import type { LifecycleState, Store } from '../store/index.js';
import { loggedEvent, spanOf } from './store-events.js';

type Data = Record<string, unknown>;
type Told = readonly [type: string, at: number, data: Data];

const signal = { signal_id: 'S1', symbol: 'EURUSD', direction: 'BUY', confidence: 81, pattern_type: 'SWEEP' };
const fire = {
  fire_id: 'F1',
  signal_id: 'S1',
  user_id: 'u-1',
  symbol: 'EURUSD',
  direction: 'BUY',
  lot_size: 1,
};
const executed = {
  fire_id: 'F1',
  ticket: 4711,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 1,
  open_price: 1.1,
};

/** A chain, hop by hop. */
const chain: readonly Told[] = [
  ['signal_generated', 100, signal],
  ['fire_command', 102.5, fire],
  ['trade_executed', 103, executed],
  ['trade_confirmed', 103.25, { fire_id: 'F1', signal_id: 'S1', ticket: 4711, status: 'FILLED' }],
  ['trade_outcome', 163, { fire_id: 'F1', outcome: 'TP_HIT', profit: 12.5, pips: 8 }],
];

function tell(store: Store, told: readonly Told[]): void {
  const from = store.cursor('events');
  const events = told.map(([event_type, timestamp, data], i) =>
    loggedEvent(from + i, { event_type, timestamp, data }),
  );
  store.applyEvents(spanOf(events));
}

/** What every store tells of the lives of signals and fires. */
export function lifecycleContract(bound: () => Store): void {
  it('tells what became of a signal: each hop, when it was, and how long it took', () => {
    const store = bound();
    tell(store, chain);
    const [life, ...more] = store.lifecycle({ id: 'S1' });
    expect(more).toEqual([]);
    expect(life).toMatchObject({
      signal_id: 'S1',
      fire_id: 'F1',
      state: 'closed',
      missing: null,
      pattern: 'SWEEP',
      symbol: 'EURUSD',
      confidence: 81,
      user_id: 'u-1',
      ticket: 4711,
      to_fire_s: 2.5,
      to_execute_s: 0.5,
      to_confirm_s: 0.25,
      to_outcome_s: 60,
      outcome: 'TP_HIT',
      won: 1,
      profit: 12.5,
      pips: 8,
      fired_seq: 2,
      outcome_seq: 5,
    });
    expect(store.lifecycle({ id: 'F1' })).toEqual([life]);
    expect(store.lifecycle({ id: 'S2' })).toEqual([]);
  });

  it('tells the same in whatever order the hops come, in one span or in several', () => {
    const store = bound();
    for (const told of chain.toReversed()) tell(store, [told]);
    expect(store.lifecycle()).toMatchObject([
      { state: 'closed', missing: null, to_fire_s: 2.5, to_outcome_s: 60, pattern: 'SWEEP', won: 1 },
    ]);
    expect(store.patternStats()).toMatchObject([
      { pattern: 'SWEEP', signals: 1, fired: 1, executed: 1, trade_wins: 1, to_fire_s: 2.5 },
    ]);
  });

  it('keeps the first of a hop that comes twice, and counts them', () => {
    const store = bound();
    tell(store, chain.slice(0, 3));
    tell(store, [['trade_executed', 109, { ...executed, ticket: 4712 }]]);
    expect(store.lifecycle({ state: 'duplicates' })).toMatchObject([
      { fire_id: 'F1', executed_at: 103, executed_seq: 3, executed_count: 2, ticket: 4711 },
    ]);
    expect(store.patternStats()[0]).toMatchObject({ executed: 1, to_execute_s: 0.5 });
  });

  it.each<[LifecycleState, Array<string | null>]>([
    ['open', ['S5', 'F4', 'F9', 'F3', 'F2']],
    ['never-executed', ['F4', 'F3', 'F2']],
    ['orphans', ['S7', 'F9', 'F3', 'F8']],
    ['expired', ['F4', 'S6', 'F2']],
    ['duplicates', ['S6']],
  ])('lists those that are %s, newest first', (state, ids) => {
    const store = bound();
    tell(store, [
      ...chain,
      ['trade_outcome', 1, { fire_id: 'F8', outcome: 'CLOSED', profit: -2 }],
      ['signal_generated', 200, { ...signal, signal_id: 'S2' }],
      ['fire_command', 201, { ...fire, fire_id: 'F2', signal_id: 'S2' }],
      ['signal_expired', 202, { signal_id: 'S2' }],
      ['fire_command', 203, { ...fire, fire_id: 'F3', signal_id: 'unheard of' }],
      ['trade_executed', 204, { ...executed, fire_id: 'F9' }],
      ['signal_generated', 205, { ...signal, signal_id: 'S6' }],
      ['signal_expired', 206, { signal_id: 'S6' }],
      ['signal_expired', 207, { signal_id: 'S6' }],
      ['signal_generated', 208, { ...signal, signal_id: 'S4' }],
      ['signal_expired', 209, { signal_id: 'S4' }],
      ['fire_command', 210, { ...fire, fire_id: 'F4', signal_id: 'S4' }],
      ['signal_outcome', 211, { signal_id: 'S7', outcome: 'LOSS' }],
      ['signal_generated', 212, { ...signal, signal_id: 'S5' }],
    ]);
    const found = store.lifecycle({ state });
    expect(found.map(({ fire_id, signal_id }) => fire_id ?? signal_id)).toEqual(ids);
    expect(store.lifecycle({ state, limit: 1 })).toEqual(found.slice(0, 1));
  });

  it('counts by pattern what was won and lost, of signals and of trades apart', () => {
    const store = bound();
    tell(store, [
      ...chain,
      ['signal_outcome', 300, { signal_id: 'S1', outcome: 'LOSS', pips_result: -3 }],
      ['signal_generated', 200, { ...signal, signal_id: 'S2', pattern_type: 'BREAKOUT' }],
      ['signal_outcome', 300, { signal_id: 'S2', outcome: 'WIN' }],
      ['signal_generated', 200, { ...signal, signal_id: 'S3' }],
      ['signal_outcome', 300, { signal_id: 'S3', outcome: 'WIN' }],
      ['trade_outcome', 1, { fire_id: 'F8', outcome: 'CLOSED', profit: -2 }],
    ]);
    expect(store.patternStats()).toMatchObject([
      { pattern: 'SWEEP', signals: 2, fired: 1, wins: 1, losses: 1, win_rate: 0.5, trade_win_rate: 1 },
      { pattern: 'BREAKOUT', signals: 1, fired: 0, wins: 1, losses: 0, win_rate: 1, trade_win_rate: null },
      { pattern: null, signals: 0, fires: 0, closed: 1, trade_losses: 1, trade_win_rate: 0 },
    ]);
  });

  it('tells those that began since a time, by when the bus got their first event', () => {
    const store = bound();
    tell(store, chain);
    tell(store, [['signal_generated', 5, { ...signal, signal_id: 'S2' }]]);
    const { created_at } = store.queryEvents({ event_type: 'signal_generated', end_time: 5 })[0]!;
    expect(store.lifecycle({ since: created_at }).map(({ signal_id }) => signal_id)).toEqual(['S2']);
    expect(store.lifecycle({ since: created_at + 1 })).toEqual([]);
    expect(store.lifecycle({ since: 0 }).length).toBe(2);
  });

  it('takes no part in what names no signal and no fire', () => {
    const store = bound();
    tell(store, [
      ['signal_generated', 1, {}],
      ['trade_executed', 1, { fire_id: '' }],
      ['trade_outcome', 1, { fire_id: { no: 'name' } }],
    ]);
    expect(store.lifecycle()).toEqual([]);
    expect(store.patternStats()).toEqual([]);
    expect(store.summary().rows).toBe(3);
  });
}
