import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { FaultyIo } from '@bitten/storage/testing';
import { describe, expect, test } from 'vitest';
import { BridgeClosedError, OutboxFullError, ReceiptDroppedError } from '../src/index.js';
import { Spool } from '../src/spool.js';
import { until } from './support/until.js';
import { failure, listen, numbered, numbersOf, range, unhandledRejections, World } from './support/world.js';

/** The spools of the bridge named `test`. */
function spools(world: World): string[] {
  const dir = join(world.spoolDir, 'test');
  return existsSync(dir) ? readdirSync(dir) : [];
}

test('a bus that comes and goes gets everything once, in order, and no trace of it stays', async () => {
  const unhandled = unhandledRejections();
  const world = await World.prepare();
  const bridge = world.bridge();
  const receipts: Array<Promise<unknown>> = [];
  let n = 0;
  const publish = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      n += 1;
      receipts.push(bridge.publish(numbered(n)));
      if (n % 50 === 0) await turn();
    }
  };
  await publish(1_000);
  await world.start();
  await publish(3_000);
  for (let round = 0; round < 3; round += 1) {
    const going = publish(2_000);
    await world.stop();
    await going;
    await publish(500);
    await until('the spool', () => bridge.stats().pending === 0 || bridge.stats().spooledBytes > 0);
    await world.start();
  }
  await Promise.all(receipts);
  const events = await world.events();
  expect(numbersOf(events)).toEqual(range(1, n));
  expect(await Promise.all(receipts)).toEqual(events.map(({ seq }) => ({ seq, level: 'fsynced' })));
  expect(bridge.stats()).toMatchObject({ pending: 0, spooledBytes: 0 });
  expect(spools(world)).toEqual([]);
  expect(unhandled).toEqual([]);
});

test('little memory is enough, with a disk', async () => {
  const world = await World.prepare();
  const bridge = world.bridge({ bufferBytesMax: 4_000 });
  const receipts = [];
  for (const n of range(1, 3_000)) {
    receipts.push(bridge.publish(numbered(n, { text: 'ü€' })));
    expect(bridge.stats().bufferedBytes).toBeLessThanOrEqual(4_000);
    if (n % 20 === 0) await turn();
  }
  expect(bridge.stats().spooledBytes).toBeGreaterThan(100_000);
  await world.start();
  await Promise.all(receipts);
  expect(numbersOf(await world.events())).toEqual(range(1, 3_000));
  expect(spools(world)).toEqual([]);
});

test('without a disk, what does not fit is refused, and the rest delivered', async () => {
  const world = await World.prepare();
  const bridge = world.bridge({ bufferBytesMax: 4_000, spoolDir: false });
  const outcomes = range(1, 100).map((n) => bridge.publish(numbered(n)));
  await world.start();
  const settled = await Promise.allSettled(outcomes);
  const refused = settled.filter((each) => each.status === 'rejected');
  expect(refused.length).toBeGreaterThan(50);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(OutboxFullError);
  expect(numbersOf(await world.events())).toEqual(range(1, 100 - refused.length));
});

test('receipts wait in bounded numbers; the events are delivered all the same', async () => {
  const world = await World.prepare();
  const bridge = world.bridge({ receiptsMax: 10 });
  const outcomes = range(1, 50).map((n) => bridge.publish(numbered(n)));
  for (const outcome of outcomes.slice(10))
    expect(await failure(outcome)).toBeInstanceOf(ReceiptDroppedError);
  await world.start();
  await Promise.all(outcomes.slice(0, 10));
  await bridge.flush();
  expect(numbersOf(await world.events())).toEqual(range(1, 50));
});

test('a bus whose disk is full is as good as away: events go to the spool, and in when it is well', async () => {
  const io = new FaultyIo();
  const world = await World.start({ io });
  const bridge = world.bridge();
  const said = listen(bridge);
  await bridge.publish(numbered(1));
  io.fail('ENOSPC');
  const receipts = range(2, 100).map((n) => bridge.publish(numbered(n)));
  await until('the spool', () => bridge.stats().spooledBytes > 0);
  expect(said).toContainEqual({ state: 'trouble', error: expect.objectContaining({ code: 'unavailable' }) });
  io.heal();
  await Promise.all(receipts);
  expect(numbersOf(await world.events())).toEqual(range(1, 100));
  expect(spools(world)).toEqual([]);
});

describe('closing while the bus is away', () => {
  test('keeps its deadline, and leaves the rest to the next bridge of the name, under the old id', async () => {
    const world = await World.start();
    const first = world.bridge();
    await first.publish(numbered(1));
    await world.stop();
    const receipts = range(2, 500).map((n) => failure(first.publish(numbered(n))));
    await first.close({ timeout_ms: 20 });
    for (const error of await Promise.all(receipts)) {
      expect(error).toBeInstanceOf(BridgeClosedError);
      expect((error as Error).message).toContain('the spool keeps it');
    }
    const [producer] = spools(world);
    const second = world.bridge();
    const own = second.publish(numbered(501));
    await world.start();
    await own;
    const events = await world.events();
    expect(numbersOf(events)).toEqual(range(1, 501));
    expect(await world.ask((client) => client.producerState(producer!))).toBe(500);
    await until('the orphan’s end', () => second.stats().orphansLeft === 0);
    expect(spools(world)).toEqual([]);
  });

  test('what the bus had already is not delivered twice', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    const receipts = range(1, 300).map((n) => failure(bridge.publish(numbered(n))).catch(() => null));
    await turn();
    // The bus has some of them, and has not said so.
    await bridge.close({ timeout_ms: 0 });
    await Promise.all(receipts);
    const next = world.bridge();
    await next.publish(numbered('after'));
    await until('the orphans’ end', () => next.stats().orphansLeft === 0);
    expect(numbersOf(await world.events())).toEqual([...range(1, 300), 'after']);
  });
});

test('spools that nobody can use keep nothing back', async () => {
  const world = await World.start();
  const dir = join(world.spoolDir, 'test');
  Spool.open({ dir, producer: 'a-empty' }).close();
  const good = Spool.open({ dir, producer: 'b-good' });
  good.append({
    first: 1,
    count: 1,
    body: Buffer.from(JSON.stringify({ ...numbered('good'), timestamp: 1 })),
  });
  good.close();
  const living = Spool.open({ dir, producer: 'c-living' });
  living.append({ first: 1, count: 1, body: Buffer.from('{}') });
  const bad = Spool.open({ dir, producer: 'd-bad' });
  bad.append({ first: 1, count: 1, body: Buffer.from('{}') });
  bad.close();
  for (const name of readdirSync(join(dir, 'd-bad'))) {
    if (name.endsWith('.seg')) writeFileSync(join(dir, 'd-bad', name), 'not a segment'.repeat(20));
  }
  const bridge = world.bridge();
  const said = listen(bridge);
  await bridge.publish(numbered('own'));
  expect(numbersOf(await world.events())).toEqual(['good', 'own']);
  expect(said.filter(({ state }) => state === 'trouble')).toHaveLength(1);
  expect(spools(world)).toEqual(['c-living', 'd-bad']);
  living.delete();
});

test('a folder that cannot be used is said once in a while, and memory serves', async () => {
  const world = await World.prepare();
  const file = join(world.dir, 'file');
  writeFileSync(file, 'in the way');
  const bridge = world.bridge({ spoolDir: file });
  const said = listen(bridge);
  const receipts = range(1, 100).map((n) => bridge.publish(numbered(n)));
  await until('the trouble', () => said.some(({ state }) => state === 'trouble'));
  await world.start();
  await Promise.all(receipts);
  expect(numbersOf(await world.events())).toEqual(range(1, 100));
});

test('two components of one name do not touch each other’s spools', async () => {
  const world = await World.prepare();
  const one = world.bridge();
  const two = world.bridge();
  const receipts = range(1, 100).flatMap((n) => [
    one.publish(numbered(`one${n}`)),
    two.publish(numbered(`two${n}`)),
  ]);
  await until('both spools', () => one.stats().spooledBytes > 0 && two.stats().spooledBytes > 0);
  expect(spools(world)).toHaveLength(2);
  await world.start();
  await Promise.all(receipts);
  const numbers = numbersOf(await world.events()) as string[];
  for (const name of ['one', 'two']) {
    expect(numbers.filter((n) => n.startsWith(name))).toEqual(range(1, 100).map((n) => `${name}${n}`));
  }
  expect(spools(world)).toEqual([]);
});

test('a lingering bridge sends fewer, fuller batches, and loses nothing', async () => {
  const world = await World.start();
  const bridge = world.bridge({ linger_ms: 20 });
  await bridge.publish(numbered(0));
  const before = (await world.ask((client) => client.stats())).commits.count;
  const receipts = [];
  for (const n of range(1, 20)) {
    receipts.push(bridge.publish(numbered(n)));
    await turn();
  }
  await Promise.all(receipts);
  const { commits } = await world.ask((client) => client.stats());
  expect(commits.count - before).toBeLessThan(20);
  expect(numbersOf(await world.events())).toEqual(range(0, 20));
});
