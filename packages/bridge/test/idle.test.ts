import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from './support/until.js';
import { listen, numbered, numbersOf, range, World } from './support/world.js';

describe('a bridge with nothing to do', () => {
  test('closes its connection, and opens it for the next event, as the same producer', async () => {
    const world = await World.start();
    const bridge = world.bridge({ idle_ms: 1 });
    const said = listen(bridge);
    for (const n of range(1, 4)) {
      await bridge.publish(numbered(n));
      await until('the end of the connection', () => bridge.stats().connection === 'idle');
    }
    expect(said.map(({ state }) => state)).toEqual(
      range(1, 4).flatMap(() => ['connecting', 'connected', 'idle']),
    );
    expect(numbersOf(await world.events())).toEqual(range(1, 4));
    // Four events under one id, without a hole: the bus would have refused anything else.
    expect(bridge.stats()).toMatchObject({ acknowledged: 4, pending: 0, spooledBytes: 0 });
    expect(existsSync(join(world.spoolDir, 'test'))).toBe(false);
  });

  test('waits longer each time it was needed after all', async () => {
    const world = await World.start();
    const bridge = world.bridge({ idle_ms: 10 });
    const patience_ms: number[] = [];
    for (const n of range(1, 4)) {
      await bridge.publish(numbered(n));
      const acknowledged = performance.now();
      await until('the end of the connection', () => bridge.stats().connection === 'idle');
      patience_ms.push(performance.now() - acknowledged);
    }
    // Timers may come late, and never early.
    for (const [i, waited_ms] of patience_ms.entries()) expect(waited_ms).toBeGreaterThan(9 * 2 ** i);
  });

  test('does not while something is unacknowledged: the bus may come back', async () => {
    const world = await World.start();
    const bridge = world.bridge({ idle_ms: 1 });
    await bridge.publish(numbered(1));
    await until('the end of the connection', () => bridge.stats().connection === 'idle');
    await world.stop();
    const receipt = bridge.publish(numbered(2));
    await until('the spool', () => bridge.stats().spooledBytes > 0);
    const said = listen(bridge);
    await world.start();
    await receipt;
    expect(said[0]).toEqual({ state: 'connected' });
    await until('the end of the connection', () => bridge.stats().connection === 'idle');
    expect(numbersOf(await world.events())).toEqual([1, 2]);
    expect(readdirSync(join(world.spoolDir, 'test'))).toEqual([]);
  });

  test('does not while it is subscribed, and does when the subscription has ended', async () => {
    const world = await World.start();
    const bridge = world.bridge({ idle_ms: 1 });
    const said = listen(bridge);
    const seen: unknown[] = [];
    const subscription = bridge.subscribe({ types: ['user_action'] }, ({ data }) => void seen.push(data.n));
    await subscription.ready;
    for (const n of range(1, 20)) await bridge.publish(numbered(n));
    await until('the last event', () => seen.length >= 20);
    expect(said.map(({ state }) => state)).toEqual(['connecting', 'connected']);
    await subscription.close();
    await until('the end of the connection', () => bridge.stats().connection === 'idle');
  });

  test('stays connected when told to', async () => {
    const world = await World.start();
    const bridge = world.bridge({ idle_ms: Number.POSITIVE_INFINITY });
    const other = world.bridge({ idle_ms: 1, name: 'other' });
    await bridge.publish(numbered(1));
    await other.publish(numbered(2));
    await until('the other’s end', () => other.stats().connection === 'idle');
    expect(bridge.stats().connection).toBe('connected');
  });

  test('can be closed', async () => {
    const world = await World.start();
    const bridge = world.bridge({ idle_ms: 1 });
    await bridge.publish(numbered(1));
    await until('the end of the connection', () => bridge.stats().connection === 'idle');
    await bridge.close();
    expect(bridge.stats().connection).toBe('closed');
  });
});

describe('a script', () => {
  const dist = fileURLToPath(new URL('../dist/index.js', import.meta.url));

  /** Runs a script as people write it, and resolves with how it ended. */
  async function run(
    world: World,
    script: string,
  ): Promise<{ code: number | null; out: string; err: string }> {
    const { BITTEN_DISABLED: _, ...env } = process.env;
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', `import * as b from ${JSON.stringify(dist)};${script}`],
      {
        env: {
          ...env,
          BITTEN_BUS_PORT: String(world.port),
          BITTEN_DATA_DIR: world.dir,
          BITTEN_COMPONENT: 'script',
        },
      },
    );
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  }

  test('that publishes and looks at nothing more ends by itself, and its events are there', async () => {
    const world = await World.start();
    const ended = await run(
      world,
      `for (let n = 1; n <= 100; n += 1) b.userAction('7', 'click', { n });
       b.marketData('EURUSD', -1, 1);`,
    );
    expect(ended).toEqual({ code: 0, out: '', err: '' });
    const events = await world.events();
    expect(events.map(({ data }) => (data.details as { n: number }).n)).toEqual(range(1, 100));
    expect(await world.deadLetters()).toHaveLength(1);
  });

  test('that publishes again after a while ends by itself too', async () => {
    const world = await World.start();
    const ended = await run(
      world,
      `b.configure({ idle_ms: 20 });
       await b.userAction('7', 'first');
       while (b.defaultBridge().stats().connection !== 'idle') await new Promise((done) => setTimeout(done, 5));
       await b.userAction('7', 'second');
       console.log('done');`,
    );
    expect(ended).toEqual({ code: 0, out: 'done\n', err: '' });
    expect((await world.events()).map(({ data }) => data.action)).toEqual(['first', 'second']);
  });

  test('that finds no bus and exits leaves its events to its next run', async () => {
    const world = await World.prepare();
    const first = await run(
      world,
      `b.userAction('7', 'first');
       b.userAction('7', 'second');
       process.exit(3);`,
    );
    expect(first).toEqual({ code: 3, out: '', err: '' });
    await world.start();
    const second = await run(world, `b.userAction('7', 'third');`);
    expect(second).toEqual({ code: 0, out: '', err: '' });
    expect((await world.events()).map(({ data }) => data.action)).toEqual(['first', 'second', 'third']);
    expect(readdirSync(join(world.spoolDir, 'script'))).toEqual([]);
  });

  test('that is killed with events in the spool leaves them too', async () => {
    const world = await World.prepare();
    await run(
      world,
      `b.userAction('7', 'first');
       while (b.defaultBridge().stats().spooledBytes === 0) await new Promise((done) => setTimeout(done, 5));
       process.kill(process.pid, 'SIGKILL');`,
    );
    await world.start();
    await run(world, `b.userAction('7', 'second');`);
    expect((await world.events()).map(({ data }) => data.action)).toEqual(['first', 'second']);
  });
});
