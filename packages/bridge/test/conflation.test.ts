import { setImmediate as turn } from 'node:timers/promises';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type BridgeOptions, ConflatedError, defineEvent, type EventBridge } from '../src/index.js';
import { failure, type Logged, listen, range, unhandledRejections, World } from './support/world.js';

const symbols = ['EURUSD', 'GBPUSD', 'USDJPY', 'XAUUSD'];

const tick = (n: number) => ({
  event_type: 'market_data',
  data: { symbol: symbols[n % symbols.length], bid: n, ask: n + 1 },
  timestamp: 1_000 + n,
});
const fire = (n: number) => ({
  event_type: 'fire_command',
  data: {
    fire_id: `F${n}`,
    signal_id: 'S',
    user_id: '7',
    symbol: 'EURUSD',
    direction: 'BUY',
    lot_size: 0.1,
    execution_mode: 'AUTO',
  },
});

/** Far more ticks than there is room for, and a fire now and then. */
async function flood(bridge: EventBridge, ticks: number): Promise<number> {
  let fires = 0;
  for (const n of range(1, ticks)) {
    void bridge.publish(tick(n));
    if (n % 200 === 0) {
      fires += 1;
      void bridge.publish(fire(fires));
    }
    if (n % 50 === 0) await turn();
  }
  return fires;
}

function checkLog(events: readonly Logged[], sent: { ticks: number; fires: number }): void {
  const fires = events.filter(({ event_type }) => event_type === 'fire_command');
  expect(fires.map(({ data }) => data.fire_id)).toEqual(range(1, sent.fires).map((n) => `F${n}`));
  expect(fires.every(({ conflated }) => conflated === undefined)).toBe(true);
  const ticks = events.filter(({ event_type }) => event_type === 'market_data');
  expect(ticks.length).toBeLessThan(sent.ticks / 2);
  for (const [i, symbol] of symbols.entries()) {
    const own = ticks.filter(({ data }) => data.symbol === symbol);
    const numbers = own.map(({ data }) => data.bid as number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    const last = sent.ticks - ((sent.ticks - i) % symbols.length);
    // Its own timestamp says when it was, wherever it stands in the log.
    expect(own.at(-1)).toMatchObject({ data: { bid: last }, timestamp: 1_000 + last });
    expect(own.at(-1)!.conflated).toBeGreaterThan(0);
    expect(own.reduce((sum, { conflated }) => sum + 1 + (conflated ?? 0), 0)).toBe(
      sent.ticks / symbols.length,
    );
  }
}

describe.each<[string, BridgeOptions]>([
  ['no spool', { spoolDir: false }],
  ['a small spool', { spoolBytesMax: 20_000 }],
])('while the bus is away, with %s', (_what, room) => {
  test('every fire is kept, and of the ticks the last of each symbol with its count', async () => {
    const world = await World.prepare();
    const bridge = world.bridge({ bufferBytesMax: 20_000, connectGrace_ms: 0, ...room });
    const said = listen(bridge);
    const unhandled = unhandledRejections();
    const fires = await flood(bridge, 4_000);
    const { conflated, published, pending, refused } = bridge.stats();
    expect(refused).toBe(0);
    expect(conflated).toBeGreaterThan(2_000);
    expect(pending + conflated).toBe(published);
    expect(said.filter(({ state }) => state === 'conflating')).toHaveLength(1);
    await world.start();
    await bridge.flush();
    const after = bridge.stats();
    expect(after).toMatchObject({ pending: 0, refused: 0, conflated });
    expect(after.acknowledged + conflated).toBe(published);
    checkLog(await world.events(), { ticks: 4_000, fires });
    const { events } = await world.ask((client) => client.stats());
    expect(events.conflated).toBe(conflated);
    expect(unhandled).toEqual([]);
  });
});

test('what waits for room when the component ends is in the spool, for the next of its name', async () => {
  const world = await World.prepare();
  const options = { bufferBytesMax: 20_000, spoolBytesMax: 20_000, connectGrace_ms: 0 };
  const bridge = world.bridge(options);
  const fires = await flood(bridge, 4_000);
  await bridge.close({ timeout_ms: 0 });
  await world.start();
  const next = world.bridge(options);
  await next.publish({ event_type: 'user_action', data: { user_id: '7', action: 'back' } });
  expect(next.stats().orphansLeft).toBe(0);
  checkLog(await world.events(), { ticks: 4_000, fires });
});

test('a receipt of what was replaced says so; that of the newest resolves', async () => {
  const world = await World.prepare();
  const bridge = world.bridge({ bufferBytesMax: 1_000, spoolDir: false });
  for (const n of range(1, 4)) void bridge.publish(tick(n * 4));
  const replaced = bridge.publish(tick(20));
  const newest = bridge.publish(tick(24));
  expect(await failure(replaced)).toBeInstanceOf(ConflatedError);
  expect(await failure(replaced)).toMatchObject({ code: 'conflated' });
  await world.start();
  const { seq } = await newest;
  expect((await world.events()).find((event) => event.seq === seq)).toMatchObject({ data: { bid: 24 } });
});

test('half of the room is left for what must be kept, whatever ticks there are', async () => {
  const world = await World.prepare();
  const bridge = world.bridge({ bufferBytesMax: 20_000, spoolDir: false });
  for (const n of range(1, 4_000)) void bridge.publish(tick(n));
  const { bufferedBytes } = bridge.stats();
  expect(bufferedBytes).toBeLessThanOrEqual(10_000);
  expect(bufferedBytes).toBeGreaterThan(9_000);
  let kept = 0;
  while (bridge.stats().refused === 0) {
    kept += 1;
    void bridge.publish(fire(kept));
  }
  expect(bridge.stats().bufferedBytes).toBeGreaterThan(19_000);
  expect(kept).toBeGreaterThan(25);
});

test('nothing is conflated while there is room, and no type that does not say so', async () => {
  const world = await World.prepare();
  const bridge = world.bridge({ spoolDir: false, bufferBytesMax: 20_000 });
  const quote = defineEvent({
    type: 'quote',
    description: 'A price.',
    data: v.looseObject({ symbol: v.string() }),
    key: ['symbol'],
  });
  const publishQuote = bridge.define(quote);
  for (const n of range(1, 20)) void bridge.publish(tick(n));
  expect(bridge.stats()).toMatchObject({ conflated: 0, pending: 20 });
  while (bridge.stats().refused === 0) void publishQuote({ symbol: 'EURUSD' });
  expect(bridge.stats().conflated).toBe(0);
  await world.start();
  await bridge.flush();
  expect((await world.events()).some(({ conflated }) => conflated !== undefined)).toBe(false);
});

test('a type of the component’s own is conflated by its whole key', async () => {
  const world = await World.prepare();
  const bridge = world.bridge({ spoolDir: false, bufferBytesMax: 2_000 });
  const publishDepth = bridge.define(
    defineEvent({
      type: 'depth',
      description: 'How much there is.',
      data: v.looseObject({ symbol: v.string(), side: v.string(), n: v.number() }),
      key: ['symbol', 'side'],
      overload: 'conflate',
    }),
  );
  for (const n of range(1, 1_000)) {
    void publishDepth({ symbol: 'EURUSD', side: n % 2 === 0 ? 'bid' : 'ask', n });
  }
  await world.start();
  await bridge.flush();
  const events = await world.events();
  for (const [side, last] of [
    ['ask', 999],
    ['bid', 1_000],
  ] as const) {
    const own = events.filter(({ data }) => data.side === side);
    expect(own.at(-1)?.data.n).toBe(last);
    expect(own.reduce((sum, { conflated }) => sum + 1 + (conflated ?? 0), 0)).toBe(500);
  }
});
