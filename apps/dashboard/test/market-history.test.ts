import type { Envelope } from '@bitten/schema';
import { createMarket, createRandom } from '@bitten/simulator';
import { beforeAll, describe, expect, test } from 'vitest';
import type { History, State, StateDiff } from '../src/api/index.js';
import { stateRoutes } from '../src/routes/state.js';
import { App } from './support/app.js';
import { isBuilt, System } from './support/system.js';

const count = 6_000;
/** Three hours of the market: the ends of what is counted lie within hours, and hours between them. */
const options = { seed: 'history', rate_per_s: count / (3 * 3_600) };
const instants = 12;
const page = 1_000;

/** How things stand, worked out by going through all events one by one. */
function foldTo(events: readonly Envelope[], at: number) {
  const balances = new Map<unknown, unknown>();
  const quotes = new Map<unknown, unknown>();
  const components = new Map<unknown, unknown>();
  const open = new Set<unknown>();
  for (const { event_type, timestamp, data } of events) {
    if (timestamp > at) continue;
    if (event_type === 'balance_update') balances.set(data.account_number, data.balance);
    if (event_type === 'market_data') quotes.set(data.symbol, data.bid);
    if (event_type === 'system_health') components.set(data.component, data.status);
    if (event_type === 'trade_executed') open.add(data.fire_id);
    if (event_type === 'trade_outcome') open.delete(data.fire_id);
  }
  return { balances, quotes, components, open };
}

describe.skipIf(!isBuilt)('a market of three hours', () => {
  const events: Envelope[] = [];
  const times: number[] = [];
  let app: App;

  beforeAll(async () => {
    const system = await System.start({ isShared: true });
    const market = createMarket(options);
    for (let n = 0; n < count; n += 1) events.push(market.next());
    for (let n = 0; n < count; n += page) await system.publish(...events.slice(n, n + page));
    await system.settled();
    const random = createRandom('instants');
    const [first, last] = [events[0]!.timestamp, events.at(-1)!.timestamp];
    for (let n = 0; n < instants; n += 1) times.push(first + random.float() * (last - first));
    // Two of them are the very times of events.
    times.push(events[777]!.timestamp, events[5_000]!.timestamp);
    times.sort((a, b) => a - b);
    app = new App(system, [stateRoutes]);
    return () => system.end();
  });

  const ask = async <Body>(path: string): Promise<Body> => (await app.get(path)).body as Body;

  test('stood at any instant as its events say', async () => {
    for (const at of times) {
      const state = await ask<State>(`/api/state?at=${at}`);
      const expected = foldTo(events, at);
      const told = {
        balances: new Map(state.accounts.map(({ account_number, balance }) => [account_number, balance])),
        quotes: new Map(state.quotes.map(({ symbol, bid }) => [symbol, bid])),
        components: new Map(state.components.map(({ component, status }) => [component, status])),
        open: new Set(state.open_trades.map(({ fire_id }) => fire_id)),
      };
      expect([at, told]).toEqual([at, expected]);
      expect(state.open_trades_total).toBe(expected.open.size);
    }
    expect(times.some((at) => foldTo(events, at).open.size > 0)).toBe(true);
  });

  test('between any two instants so many events of each type happened', async () => {
    for (const [n, from] of times.entries()) {
      for (const to of [times[n + 1] ?? from, times.at(-1)!]) {
        const { events: told } = await ask<StateDiff>(`/api/state/diff?from=${from}&to=${to}`);
        const expected: Record<string, number> = {};
        for (const { event_type, timestamp } of events) {
          if (timestamp > from && timestamp <= to) expected[event_type] = (expected[event_type] ?? 0) + 1;
        }
        expect([from, to, told]).toEqual([from, to, expected]);
      }
    }
  });

  test('what was opened and closed between two instants makes the one out of the other', async () => {
    for (const [n, from] of times.entries()) {
      const to = times[n + 1] ?? from;
      const { opened, closed } = await ask<StateDiff>(`/api/state/diff?from=${from}&to=${to}`);
      const open = foldTo(events, from).open;
      for (const { fire_id } of closed) open.delete(fire_id);
      for (const { fire_id } of opened) open.add(fire_id);
      expect(open).toEqual(foldTo(events, to).open);
    }
  });

  test('every event is drawn under the slider, once', async () => {
    const { counts } = await ask<History>('/api/history');
    expect(counts).toHaveLength(120);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(count);
    expect(counts[0]).toBe(count);
  });
});
