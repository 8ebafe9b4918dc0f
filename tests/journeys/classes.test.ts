import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridge, type ReceivedEvent } from '@bitten/bridge';
import { until } from '@bitten/proof';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { System } from '../support/system.js';

const symbols = ['EURUSD', 'GBPUSD', 'USDJPY', 'XAUUSD'];

function bridgeTo(system: System, options: object): EventBridge {
  const bridge = new EventBridge({ port: system.ports.bus, spoolDir: system.file('spool'), ...options });
  onTestFinished(() => bridge.close({ timeout_ms: 0 }));
  return bridge;
}

const tick = (n: number) => ({
  event_type: 'market_data',
  data: { symbol: symbols[n % symbols.length]!, bid: n, ask: n + 1 },
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

test('what a publisher conflated while the bus was dead stands in the store with its count, and every fire beside it', async () => {
  const system = await System.start();
  const bridge = bridgeTo(system, { name: 'feed', bufferBytesMax: 50_000, spoolBytesMax: 50_000 });
  await bridge.publish(tick(0));
  await system.bus.kill();
  let fires = 0;
  for (let n = 1; n < 8_000; n += 1) {
    void bridge.publish(tick(n));
    if (n % 400 === 0) {
      fires += 1;
      void bridge.publish(fire(fires));
    }
    if (n % 100 === 0) await sleep(0);
  }
  expect(bridge.stats()).toMatchObject({ refused: 0 });
  expect(bridge.stats().conflated).toBeGreaterThan(4_000);
  await system.startBus();
  await bridge.flush();
  await system.settled();
  const store = new Database(system.database, { readonly: true });
  onTestFinished(() => {
    store.close();
  });
  const rows = store
    .prepare(
      `SELECT events.data_json, event_rows.extra_json FROM events JOIN event_rows ON event_rows.seq = events.id
       WHERE event_type IN ('market_data', 'fire_command') ORDER BY id`,
    )
    .all() as Array<{ data_json: string; extra_json: string | null }>;
  const events = rows.map(({ data_json, extra_json }) => ({
    data: JSON.parse(data_json),
    conflated: (JSON.parse(extra_json ?? '{}').conflated ?? 0) as number,
  }));
  const fired = events.filter(({ data }) => data.fire_id !== undefined);
  expect(fired.map(({ data }) => data.fire_id)).toEqual(Array.from({ length: fires }, (_, i) => `F${i + 1}`));
  for (const [i, symbol] of symbols.entries()) {
    const own = events.filter(({ data }) => data.symbol === symbol && data.bid !== undefined);
    expect(own.at(-1)).toMatchObject({ data: { bid: 7_996 + i }, conflated: expect.any(Number) });
    // With those it stands for, every tick of the symbol.
    expect(own.reduce((sum, { conflated }) => sum + 1 + conflated, 0)).toBe(2_000);
  }
}, 120_000);

test('last values and what follows them join without gap or repeat, also when the bus is killed in between', async () => {
  const system = await System.start();
  const publisher = bridgeTo(system, { name: 'feed' });
  let sent = 0;
  let isOver = false;
  const working = (async () => {
    while (!isOver) {
      for (let i = 0; i < 10; i += 1) {
        sent += 1;
        void publisher.publish(tick(sent));
      }
      await sleep(1);
    }
  })();
  const late: ReceivedEvent[][] = [];
  for (let round = 0; round < 4; round += 1) {
    const reached = sent + 500;
    await until('more ticks', () => sent > reached);
    const events: ReceivedEvent[] = [];
    late.push(events);
    const options = { types: ['market_data'], lastValues: true };
    const subscription = bridgeTo(system, { name: `late-${round}` }).subscribe(options, (event) => {
      events.push(event);
    });
    if (round % 2 === 0) await subscription.ready;
    await system.bus.kill();
    await system.startBus();
    await subscription.ready;
  }
  isOver = true;
  await working;
  await publisher.flush();
  const all: ReceivedEvent[] = [];
  const whole = bridgeTo(system, { name: 'all' }).subscribe(
    { types: ['market_data'], from: 'start' },
    (event) => {
      all.push(event);
    },
  );
  await until('the whole log', () => all.length === sent);
  await whole.close();
  for (const events of late) {
    await until('the end of the log', () => events.at(-1)?.seq === all.at(-1)!.seq);
    const firsts = events.filter(({ last_value }) => last_value === true);
    const rest = events.slice(firsts.length);
    const from = all.findIndex(({ seq }) => seq === rest[0]!.seq);
    expect(rest.map(({ seq }) => seq)).toEqual(all.slice(from).map(({ seq }) => seq));
    const before = new Map(all.slice(0, from).map(({ data, seq }) => [data.symbol, seq]));
    expect(firsts.map(({ seq }) => seq)).toEqual([...before.values()].sort((a, b) => a - b));
  }
}, 120_000);
