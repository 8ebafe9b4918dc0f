import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventRow, Now, TailFrame } from '../src/api/index.js';
import { Watcher } from './support/events.js';
import { hasWorkers, Server } from './support/server.js';
import { isBuilt, System, until } from './support/system.js';

const tick = (n: number, data: object = {}) => ({
  event_type: 'tick',
  timestamp: 1_000 + n,
  source: 'test',
  data: { n, ...data },
});

const ticks = (from: number, to: number, data?: object) =>
  Array.from({ length: to - from }, (_, n) => tick(from + n, data));

function shown(watcher: Watcher): EventRow[] {
  return watcher.of<TailFrame>('events').flatMap(({ events }) => events);
}

const numbers = (events: readonly EventRow[]) => events.map(({ data }) => data.n);

/** Shown, and counted. */
function accounted(watcher: Watcher): number {
  return watcher
    .of<TailFrame>('events')
    .reduce((sum, { events, passed_over }) => sum + events.length + passed_over, 0);
}

async function start(): Promise<{ system: System; server: Server }> {
  const system = await System.start();
  return { system, server: await Server.start(system) };
}

/** A tail that has begun to look: what is published from now on, it sees. */
async function watch(server: Server, query: string, headers?: Record<string, string>): Promise<Watcher> {
  const watcher = new Watcher(`${server.origin}/api/stream?tail=1&${query}`, headers);
  await until(() => watcher.lastId !== undefined);
  return watcher;
}

describe.skipIf(!isBuilt || !hasWorkers)('the stream', () => {
  test('tells at once how everything is, and every second again', async () => {
    const { server } = await start();
    const watcher = new Watcher(`${server.origin}/api/stream`);
    await watcher.heard('now', 3);
    const [first, , third] = watcher.of<Now>('now');
    expect(first).toMatchObject({ bus: { up: true }, store: { up: true, lag_events: expect.any(Number) } });
    expect(third!.at).toBeGreaterThan(first!.at);
    expect(watcher.of('events')).toEqual([]);
    expect(watcher.lastId).toBeUndefined();
  });

  test('shows what is published and passes the filter, once and in order', async () => {
    const { system, server } = await start();
    const [all, some, users] = await Promise.all([
      watch(server, 'types=tick'),
      watch(server, 'types=tick&symbols=EURUSD,GBPUSD'),
      watch(server, 'users=u-1'),
    ]);
    await system.publish(
      tick(1, { symbol: 'EURUSD' }),
      tick(2, { symbol: 'XAUUSD', user_id: 'u-1' }),
      { ...tick(3, { symbol: 'GBPUSD', user_id: 'u-1' }), user_id: 'u-2' },
      { ...tick(4), user_id: 'u-1', event_type: 'tock' },
    );
    await until(() => shown(all).length >= 3 && shown(some).length >= 2 && shown(users).length >= 2);
    expect(numbers(shown(all))).toEqual([1, 2, 3]);
    expect(numbers(shown(some))).toEqual([1, 3]);
    expect(numbers(shown(users))).toEqual([2, 4]);
    expect(shown(all)[0]).toMatchObject({
      seq: expect.any(Number),
      event_type: 'tick',
      timestamp: 1_001,
      user_id: null,
    });
  });

  test('of more than a person can read the newest are shown, and the others are counted', async () => {
    const { system, server } = await start();
    const watcher = await watch(server, 'types=tick');
    await system.publish(...ticks(0, 5_000));
    await until(() => accounted(watcher) >= 5_000);
    expect(accounted(watcher)).toBe(5_000);
    for (const { events } of watcher.of<TailFrame>('events')) expect(events.length).toBeLessThanOrEqual(100);
    const seen = numbers(shown(watcher)) as number[];
    expect(seen.at(-1)).toBe(4_999);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(shown(watcher).length).toBeLessThan(1_000);
  });

  test.each([
    ['by the address', (id: string) => [`types=tick&after=${id}`, {}] as const],
    ['as a browser does by itself', (id: string) => ['types=tick&after=0', { 'last-event-id': id }] as const],
  ])('goes on where it was (%s), without a gap or a repeat', async (_, again) => {
    const { system, server } = await start();
    const first = await watch(server, 'types=tick');
    await system.publish(...ticks(0, 10));
    await until(() => shown(first).length === 10);
    first.close();
    await system.publish(...ticks(10, 40));
    const second = await watch(server, ...again(first.lastId!));
    await system.publish(...ticks(40, 50));
    await until(() => shown(second).length >= 40);
    expect(numbers([...shown(first), ...shown(second)])).toEqual(Array.from({ length: 50 }, (__, n) => n));
  });

  test('a quiet tail says how far it has looked, so that coming back is no search', async () => {
    const { system, server } = await start();
    const watcher = await watch(server, 'types=nothing');
    await system.publish(...ticks(0, 1_000));
    const client = await system.client();
    const { next } = await client.hello();
    await until(() => Number(watcher.lastId) >= next - 1);
    expect(watcher.of('events')).toEqual([]);
  });

  test('data too large for a list is left out of it, and told', async () => {
    const { system, server } = await start();
    const watcher = await watch(server, 'types=tick');
    await system.publish(tick(1, { text: 'x'.repeat(500_000) }), tick(2));
    await until(() => accounted(watcher) === 2);
    const large = shown(watcher).find(({ data_left_out_bytes }) => data_left_out_bytes !== undefined);
    if (large !== undefined)
      expect(large).toMatchObject({ data: {}, data_left_out_bytes: expect.any(Number) });
    for (const message of watcher.messages) expect(JSON.stringify(message).length).toBeLessThan(300_000);
  });

  test('stays while the bus is away, says so, and goes on', async () => {
    const { system, server } = await start();
    const watcher = await watch(server, 'types=tick');
    await system.publish(tick(1));
    await until(() => shown(watcher).length === 1);
    await system.killBus();
    await until(() => watcher.of<Now>('now').at(-1)!.bus.up === false);
    expect(watcher.of<Now>('now').at(-1)).toMatchObject({
      bus: { why: expect.any(String) },
      rates: {},
      store: { up: true },
    });
    await system.startBus();
    await until(() => watcher.of<Now>('now').at(-1)!.bus.up);
    await system.publish(tick(2));
    await until(() => shown(watcher).length === 2);
    expect(numbers(shown(watcher))).toEqual([1, 2]);
  });

  test('there are so many and no more, and a page that closes makes room', async () => {
    const { server } = await start();
    const tails = await Promise.all(Array.from({ length: 8 }, () => watch(server, 'types=tick')));
    expect((await server.ask('/api/stream?tail=1')).status).toBe(503);
    const others = Array.from({ length: 24 }, () => new Watcher(`${server.origin}/api/stream`));
    await until(() => others.every(({ status }) => status === 200));
    const refused = await server.ask('/api/stream');
    expect(refused).toMatchObject({ status: 503 });
    expect(refused.json()).toMatchObject({ error: { code: 'too_many_streams', remedy: expect.any(String) } });
    tails[0]!.close();
    await until(async () => {
      const again = new Watcher(`${server.origin}/api/stream?tail=1`);
      await until(() => again.status !== undefined);
      return again.status === 200;
    });
  });

  test('who asks for a stream and does not want it takes nobody its place', async () => {
    const { server } = await start();
    for (let n = 0; n < 40; n += 1) {
      expect((await server.ask('/api/stream?tail=1', { method: 'HEAD' })).status).toBe(200);
    }
    // Behind the first stream of a connection no other can ever be answered.
    const greedy = connect({ host: '127.0.0.1', port: server.port });
    const ended = new Promise((resolve) => greedy.once('close', resolve));
    greedy.on('error', () => undefined).resume();
    greedy.write(`GET /api/stream?tail=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(8));
    await ended;
    await until(async () => (await server.ask('/metrics')).text.includes('bitten_dashboard_streams 0\n'));
    await watch(server, 'types=tick');
  });

  test('a browser that does not read costs a bounded amount of room, and hurts nobody', async () => {
    const { system, server } = await start();
    const stuck = connect({ host: '127.0.0.1', port: server.port });
    onTestFinished(() => void stuck.destroy());
    stuck.pause();
    stuck.write(`GET /api/stream?tail=1 HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    const other = await watch(server, 'types=tick');
    const dropped = async () =>
      Number(
        /^bitten_dashboard_stream_frames_dropped_total (\d+)$/m.exec((await server.ask('/metrics')).text)![1],
      );
    let sent = 0;
    // What the system keeps for the two ends of a connection is some megabytes; then it is the dashboard's turn.
    while ((await dropped()) === 0) {
      await system.publish(...ticks(sent, sent + 400, { text: 'x'.repeat(2_000) }));
      sent += 400;
      await until(() => accounted(other) >= sent);
    }
    expect(accounted(other)).toBe(sent);
  });

  test('a filter nobody can have meant is refused', async () => {
    const { server } = await start();
    for (const query of [
      'after=x',
      'after=-1',
      `types=${Array.from({ length: 60 }, (_, n) => n).join()}`,
      `symbols=${'x'.repeat(300)}`,
    ]) {
      const { status, json } = await server.ask(`/api/stream?tail=1&${query}`);
      expect(status).toBe(400);
      expect(json()).toMatchObject({ error: { found: expect.any(String), expected: expect.any(String) } });
    }
  });
});
