import { beforeAll, describe, expect, test } from 'vitest';
import type {
  Analytics,
  Equity,
  History,
  LifecyclePage,
  LifecycleWhole,
  State,
  StateDiff,
} from '../src/api/index.js';
import { analyticsRoutes } from '../src/routes/analytics.js';
import { lifecycleRoutes } from '../src/routes/lifecycle.js';
import { stateRoutes } from '../src/routes/state.js';
import { App } from './support/app.js';
import { at, deskDay } from './support/desk-day.js';
import { isBuilt, System } from './support/system.js';

/** A system that has the day stored; nothing here changes it. */
describe.skipIf(!isBuilt)('the requests about history, over a day that was worked out by hand', () => {
  let app: App;

  beforeAll(async () => {
    const system = await System.start({ isShared: true });
    const reply = await system.publish(...deskDay);
    expect(reply.rejected).toEqual([]);
    await system.settled();
    app = new App(system, [stateRoutes, lifecycleRoutes, analyticsRoutes]);
    return () => system.end();
  });

  const ask = async <Body>(path: string): Promise<Body> => {
    const { status, body } = await app.get(path);
    expect([status, path]).toEqual([200, path]);
    return body as Body;
  };

  test('how things stood at 14:32', async () => {
    const state = await ask<State>(`/api/state?at=${at('14:32:00')}`);
    expect(state.accounts).toMatchObject([
      { account_number: 'A', balance: 10_050, equity: 10_020, at: at('14:30:00') },
      { account_number: 'B', balance: 5_000, equity: 5_000 },
    ]);
    expect(state.open_trades.map(({ fire_id, ticket, opened_at }) => [fire_id, ticket, opened_at])).toEqual([
      ['F2', 1002, at('14:20:01')],
      ['F1', 1001, at('06:06:02')],
    ]);
    expect(state.open_trades_total).toBe(2);
    expect(state.quotes).toMatchObject([{ symbol: 'EURUSD', bid: 1.1032, ask: 1.1033 }]);
    expect(state.components.find(({ component }) => component === 'adapter')).toMatchObject({
      status: 'running',
    });
  });

  test('an instant counts what happened at that very time, and nothing before the first event', async () => {
    const moment = await ask<State>(`/api/state?at=${at('14:30:00')}`);
    expect(moment.accounts[0]).toMatchObject({ balance: 10_050 });
    const before = await ask<State>(`/api/state?at=${at('14:30:00') - 0.001}`);
    expect(before.accounts[0]).toMatchObject({ balance: 10_000 });
    expect(await ask<State>(`/api/state?at=${at('05:00:00')}`)).toMatchObject({
      accounts: [],
      open_trades: [],
      open_trades_total: 0,
      quotes: [],
      components: [],
    });
  });

  test('what changed from 14:32 to 14:45', async () => {
    const path = `/api/state/diff?from=${at('14:32:00')}&to=${at('14:45:00')}`;
    const diff = await ask<StateDiff>(path);
    expect(diff).toMatchObject({
      accounts: [
        {
          account_number: 'A',
          balance: { before: 10_050, after: 10_150 },
          equity: { before: 10_020, after: 10_150 },
        },
      ],
      opened: [],
      closed: [{ fire_id: 'F1' }],
      trades_cut: false,
      quotes: [{ symbol: 'EURUSD', bid: { before: 1.1032, after: 1.104 } }],
      components: [{ component: 'adapter', status: { before: 'running', after: 'degraded' } }],
    });
    expect(diff.events).toEqual({
      market_data: 1,
      system_health: 1,
      trade_outcome: 1,
      signal_outcome: 1,
      balance_update: 1,
      signal_generated: 1,
      fire_command: 1,
    });
  });

  test('what lies between two instants hours apart is counted to the event at both ends', async () => {
    // From the very time of A's first balance, which does not count, to that of the first outcome, which does.
    const path = `/api/state/diff?from=${at('06:00:00')}&to=${at('14:40:00')}`;
    const { events } = await ask<StateDiff>(path);
    const inside = (deskDay as ReadonlyArray<{ event_type: string; timestamp: number }>).filter(
      ({ timestamp }) => timestamp > at('06:00:00') && timestamp <= at('14:40:00'),
    );
    const counts: Record<string, number> = {};
    for (const { event_type } of inside) counts[event_type] = (counts[event_type] ?? 0) + 1;
    expect(events).toEqual(counts);
  });

  test('the slider ranges over all there is, and shows where much happened', async () => {
    const history = await ask<History>('/api/history?steps=4');
    expect(history.from).toBe(at('05:59:00'));
    // The collector's own word of today is the last event; all of the day lies in the first step.
    expect(history.to).toBeGreaterThan(at('14:50:00'));
    expect(history.counts).toHaveLength(4);
    expect(history.counts[0]).toBe(deskDay.length);
  });

  test('chains: what is open, what was never executed, the slowest, and one whole', async () => {
    const all = await ask<LifecyclePage>('/api/lifecycle');
    expect(all.lives.map(({ fire_id, state }) => [fire_id, state])).toEqual([
      ['F3', 'fired'],
      ['F2', 'closed'],
      ['F1', 'closed'],
    ]);
    expect(all.counts).toMatchObject({ all: 3, 'never-executed': 1 });
    const never = await ask<LifecyclePage>('/api/lifecycle?list=never-executed');
    expect(never.lives.map(({ fire_id }) => fire_id)).toEqual(['F3']);
    const first = await ask<LifecyclePage>('/api/lifecycle?limit=2');
    const second = await ask<LifecyclePage>(`/api/lifecycle?limit=2&before=${first.next}`);
    expect([...first.lives, ...second.lives]).toEqual(all.lives);
    expect(second.next).toBe(null);
    const slow = await ask<LifecyclePage>('/api/lifecycle?list=slow&hop=to_outcome_s');
    expect(slow.lives.map(({ fire_id }) => fire_id)).toEqual(['F1', 'F2']);
    for (const id of ['F1', 'S1', 'chain-1']) {
      const whole = await ask<LifecycleWhole>(`/api/lifecycle/${id}`);
      expect(whole.lives).toMatchObject([{ fire_id: 'F1', signal_id: 'S1', to_fire_s: 60, to_execute_s: 2 }]);
      expect(whole.events.map(({ event_type }) => event_type)).toEqual(
        expect.arrayContaining(['fire_command', 'trade_executed', 'trade_outcome']),
      );
    }
    const { status, body } = await app.get('/api/lifecycle/nothing');
    expect([status, body]).toMatchObject([
      404,
      { error: { code: 'no_such_life', remedy: expect.any(String) } },
    ]);
  });

  test('signals and trades of the day, by pattern, session and symbol', async () => {
    const range = `from=${at('00:00:00')}&to=${at('23:59:59')}`;
    const day = await ask<Analytics>(`/api/analytics?${range}`);
    expect(day.patterns).toEqual([
      { pattern: 'ORDER_BLOCK_BOUNCE', signals: 2, confidence: 81.5, wins: 1, losses: 1, win_rate: 0.5 },
      { pattern: 'LIQUIDITY_SWEEP_REVERSAL', signals: 1, confidence: 83, wins: 0, losses: 0, win_rate: null },
    ]);
    expect(day.sessions).toEqual([
      { session: 'asia', signals: 1, wins: 1, losses: 0, win_rate: 1 },
      { session: 'london', signals: 0, wins: 0, losses: 0, win_rate: null },
      { session: 'new_york', signals: 2, wins: 0, losses: 1, win_rate: 0 },
    ]);
    expect(day.symbols).toEqual([
      { symbol: 'EURUSD', fires: 3, executed: 2, closed: 2, wins: 1, losses: 1, profit: 60 },
    ]);
    expect(day.volume).toMatchObject({ step_s: 3_600 });
    expect(
      day.volume.series.market_data?.map((count, hour) => [hour, count]).filter(([, count]) => count),
    ).toEqual([
      [6, 1],
      [14, 2],
    ]);
    expect(day.components).toMatchObject([
      { component: 'adapter', statuses: { starting: 1, running: 1, degraded: 1 }, last_status: 'degraded' },
    ]);
    // With nobody saying when, it is all that is stored.
    const all = await ask<Analytics>('/api/analytics');
    expect(all).toMatchObject({ from: at('05:59:00'), patterns: day.patterns });
  });

  test('balances at equally spaced times', async () => {
    const path = `/api/equity?from=${at('05:00:00')}&to=${at('15:00:00')}&points=3`;
    const curves = await ask<Equity>(path);
    expect(curves.at).toEqual([at('05:00:00'), at('10:00:00'), at('15:00:00')]);
    expect(curves).toMatchObject({
      accounts: [
        {
          account_number: 'A',
          user_id: 'user-A',
          balance: [null, 10_000, 10_150],
          equity: [null, 10_000, 10_150],
        },
        { account_number: 'B', balance: [null, 5_000, 5_000] },
      ],
      more: 0,
    });
  });

  test.each([
    '/api/state?at=noon',
    '/api/state/diff?from=1',
    '/api/state/diff?from=2&to=1',
    '/api/history?steps=0',
    '/api/history?steps=1001',
    '/api/lifecycle?list=dead',
    '/api/lifecycle?hop=to_heaven_s',
    '/api/lifecycle?limit=501',
    `/api/lifecycle/${'x'.repeat(201)}`,
    '/api/analytics?from=2&to=1',
    '/api/equity?points=1',
  ])('%s is answered with what was found and what is right', async (path) => {
    const { status, body } = await app.get(path);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: {
        code: 'bad_request',
        found: expect.any(String),
        expected: expect.any(String),
        remedy: expect.any(String),
      },
    });
  });
});

test.skipIf(!isBuilt)('without a store there is nothing to ask, and what to do is told', async () => {
  const system = await System.start({ collects: false });
  const app = new App(system, [stateRoutes, analyticsRoutes]);
  for (const path of ['/api/state', '/api/history', '/api/analytics']) {
    const { status, body } = await app.get(path);
    expect([status, body]).toMatchObject([
      503,
      { error: { code: 'missing_store', remedy: expect.any(String) } },
    ]);
  }
});

test.skipIf(!isBuilt)(
  'a store with nothing in it but the first words of the programs answers everything',
  async () => {
    const system = await System.start();
    const app = new App(system, [stateRoutes, analyticsRoutes, lifecycleRoutes]);
    for (const path of ['/api/state', '/api/history', '/api/analytics', '/api/equity', '/api/lifecycle']) {
      expect([path, (await app.get(path)).status]).toEqual([path, 200]);
    }
  },
);
