import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Envelope } from '@bitten/schema';
import type { PublishReply } from '@bitten/transport';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Outbox, type OutboxOptions } from '../src/outbox.js';
import { BridgeClosedError, OutboxFullError, type Settler } from '../src/receipt.js';
import { type Batch, Spool } from '../src/spool.js';
import { range, temporaryDir } from './support/world.js';

let dir: string;
let troubles: unknown[];
beforeEach(() => {
  dir = join(temporaryDir(), 'name');
  troubles = [];
});

function open(options: Partial<OutboxOptions> = {}): Outbox {
  const outbox = new Outbox({
    producer: 'p',
    spoolDir: dir,
    bufferBytesMax: 1_000_000,
    spoolBytesMax: 1_000_000_000,
    receiptsMax: 100_000,
    conflationKey: () => null,
    onReady: () => {},
    onConflating: () => {},
    onTrouble: (error) => troubles.push(error),
    ...options,
  });
  onTestFinished(() => outbox.close());
  return outbox;
}

/** Adds an event and tells what has become of it, as far as it is known. */
function add(outbox: Outbox, text: string): { outcome: unknown } {
  const result: { outcome: unknown } = { outcome: null };
  const settler: Settler = {
    resolve: ({ seq }) => {
      result.outcome = seq;
    },
    reject: (error) => {
      result.outcome = error;
    },
    number: 0,
  };
  outbox.add(text, { settler, event: null });
  return result;
}

function reply(batch: Batch): PublishReply {
  return { level: 'fsynced', seqs: [[batch.first, batch.first + 100, batch.count]], rejected: [] };
}

/** Takes everything as a sender does, acknowledging as it goes; returns the events by number. */
function drain(outbox: Outbox): Map<number, string> {
  const taken = new Map<number, string>();
  for (let batch = outbox.take(outbox.acked + 1); batch !== null; batch = outbox.take(outbox.acked + 1)) {
    const texts = batch.body.toString().split('\n');
    expect(texts).toHaveLength(batch.count);
    for (const [i, text] of texts.entries()) taken.set(batch.first + i, text);
    outbox.acknowledge(batch, reply(batch));
  }
  return taken;
}

const named = (n: number) => `{"n":${n}}`;
const all = (last: number) => new Map(range(1, last).map((n) => [n, named(n)]));

test('what is added is taken in order, numbered, and let go when it is acknowledged', () => {
  const outbox = open();
  const results = range(1, 2_500).map((n) => add(outbox, named(n)));
  expect(outbox.pending).toBe(2_500);
  expect(drain(outbox)).toEqual(all(2_500));
  expect(results.map(({ outcome }) => outcome)).toEqual(range(101, 2_600));
  expect(outbox).toMatchObject({ pending: 0, bufferedBytes: 0, spooledBytes: 0, acked: 2_500 });
});

test('memory is counted in bytes, not in letters', () => {
  const outbox = open({ spoolDir: null, bufferBytesMax: 10_000 });
  const results = range(1, 20).map(() => add(outbox, '€'.repeat(1_000)));
  expect(results.filter(({ outcome }) => outcome instanceof OutboxFullError)).toHaveLength(17);
  expect(outbox.bufferedBytes).toBeLessThanOrEqual(10_000);
  expect(outbox.pending).toBe(3);
});

test('a batch that is acknowledged twice, and late, changes nothing', () => {
  const outbox = open();
  for (const n of range(1, 1_500)) add(outbox, named(n));
  const first = outbox.take(1)!;
  drain(outbox);
  outbox.acknowledge(first, reply(first));
  expect(outbox).toMatchObject({ acked: 1_500, pending: 0 });
});

describe('the spool', () => {
  test('takes over what is in memory and on the way, and is gone when all is acknowledged', async () => {
    const outbox = open();
    for (const n of range(1, 10)) add(outbox, named(n));
    const onTheWay = outbox.take(1)!;
    for (const n of range(11, 20)) add(outbox, named(n));
    outbox.startSpooling();
    expect(outbox.bufferedBytes).toBe(0);
    for (const n of range(21, 30)) add(outbox, named(n));
    await turn();
    expect(outbox.bufferedBytes).toBe(0);
    outbox.acknowledge(onTheWay, reply(onTheWay));
    expect(outbox.acked).toBe(10);
    expect([...drain(outbox)]).toEqual([...all(30)].slice(10));
    expect(readdirSync(dir)).toEqual([]);
    for (const n of range(31, 40)) add(outbox, named(n));
    expect([...drain(outbox)]).toEqual([...all(40)].slice(30));
    expect(troubles).toEqual([]);
  });

  test('is used when memory is full, and memory stays within its bound', async () => {
    const outbox = open({ bufferBytesMax: 5_000 });
    let most = 0;
    for (const n of range(1, 5_000)) {
      add(outbox, named(n));
      most = Math.max(most, outbox.bufferedBytes);
    }
    expect(most).toBeLessThanOrEqual(5_000);
    await turn();
    expect(drain(outbox)).toEqual(all(5_000));
  });

  test('takes an event that is larger than all of memory', () => {
    const outbox = open({ bufferBytesMax: 100 });
    const large = `"${'x'.repeat(5_000)}"`;
    for (const text of [large, large, large]) expect(add(outbox, text).outcome).toBeNull();
    expect(drain(outbox).size).toBe(3);
  });

  test('has a bound of its own, and what does not fit is refused and takes no number', async () => {
    const outbox = open({ bufferBytesMax: 2_000, spoolBytesMax: 20_000 });
    const accepted: string[] = [];
    for (const n of range(1, 3_000)) {
      const { outcome } = add(outbox, named(n));
      if (outcome === null) accepted.push(named(n));
      else expect(outcome).toBeInstanceOf(OutboxFullError);
      if (n % 10 === 0) await turn();
      expect(outbox.spooledBytes).toBeLessThanOrEqual(20_000);
      expect(outbox.bufferedBytes).toBeLessThanOrEqual(2_000);
    }
    expect(accepted.length).toBeGreaterThan(100);
    expect(accepted.length).toBeLessThan(3_000);
    expect([...drain(outbox).values()]).toEqual(accepted);
    expect(add(outbox, named(1)).outcome).toBeNull();
    expect(drain(outbox).size).toBe(1);
  });

  test('that the disk refuses leaves everything in memory, in order, and is spoken of once in a while', async () => {
    writeFileSync(dir, 'in the way');
    const outbox = open();
    for (const n of range(1, 10)) add(outbox, named(n));
    outbox.startSpooling();
    for (const n of range(11, 20)) {
      add(outbox, named(n));
      await turn();
      outbox.startSpooling();
    }
    expect(troubles).toHaveLength(1);
    expect(drain(outbox)).toEqual(all(20));
  });

  test('that takes nothing more, not even the first, keeps nothing back', () => {
    const outbox = open({ spoolBytesMax: 200 });
    for (const n of range(1, 100)) add(outbox, named(n));
    outbox.startSpooling();
    for (const n of range(101, 110)) add(outbox, named(n));
    // Two on the way at the same time: the second is asked for before the first is acknowledged.
    const first = outbox.take(1)!;
    const second = outbox.take(first.first + first.count)!;
    expect([first.count, second.count]).toEqual([100, 10]);
    expect(drain(outbox)).toEqual(all(110));
  });

  test('that the disk refuses to let grow gives what it has, then memory gives the rest', async () => {
    const outbox = open({ bufferBytesMax: 20_000_000 });
    const text = (n: number) => `"${n}${'x'.repeat(10_000)}"`;
    for (const n of range(1, 1_000)) {
      add(outbox, text(n));
      if (n === 10) outbox.startSpooling();
      // Its next file cannot be made where there is no folder.
      if (n === 20) rmSync(join(dir, 'p'), { recursive: true });
      if (n % 20 === 0) await turn();
    }
    expect(troubles).not.toEqual([]);
    expect(outbox.spooledBytes).toBeGreaterThan(1_000_000);
    expect(outbox.bufferedBytes).toBeGreaterThan(1_000_000);
    expect([...drain(outbox).values()]).toEqual(range(1, 1_000).map(text));
  });

  test('that could not be removed is not mistaken for the next one', () => {
    const outbox = open();
    add(outbox, named(1));
    expect(drain(outbox).size).toBe(1);
    const stray = Spool.open({ dir, producer: 'p' });
    stray.append({ first: 77, count: 1, body: Buffer.from('{}') });
    stray.close();
    for (const n of range(2, 5)) add(outbox, named(n));
    outbox.startSpooling();
    expect([...drain(outbox)]).toEqual([...all(5)].slice(1));
  });
});

describe('closing', () => {
  test('leaves what is not acknowledged to the spool, and says so to who waits', async () => {
    const outbox = open();
    const results = range(1, 10).map((n) => add(outbox, named(n)));
    const waiting = outbox.idle();
    outbox.close();
    await expect(waiting).rejects.toBeInstanceOf(BridgeClosedError);
    for (const { outcome } of results) {
      expect(outcome).toBeInstanceOf(BridgeClosedError);
      expect((outcome as Error).message).toContain('the spool keeps it');
    }
    const spool = Spool.adopt(join(dir, 'p'))!;
    expect(spool.read(1)).toMatchObject({ first: 1, count: 10 });
    spool.close();
  });

  test('without a spool says that it is lost', () => {
    const outbox = open({ spoolDir: null });
    const { outcome } = add(outbox, named(1));
    expect(outcome).toBeNull();
    const result = add(outbox, named(2));
    outbox.close();
    expect((result.outcome as Error).message).toContain('lost');
  });

  test('with nothing to keep leaves nothing behind', () => {
    const outbox = open();
    add(outbox, named(1));
    drain(outbox);
    outbox.close();
    expect(existsSync(dir)).toBe(false);
  });
});

test('idle waits for what was added before, not for what comes after', async () => {
  const outbox = open();
  add(outbox, named(1));
  const before = outbox.take(1)!;
  const idle = outbox.idle();
  add(outbox, named(2));
  outbox.acknowledge(before, reply(before));
  await idle;
  expect(outbox.pending).toBe(1);
});

test('idle waits for values that wait for room, and for them to be acknowledged', async () => {
  const text = (n: number) => `"${n}${'x'.repeat(40)}"`;
  const outbox = open({ spoolDir: null, bufferBytesMax: 100, conflationKey: ({ event_type }) => event_type });
  const tick = (n: number, key: string) =>
    outbox.add(text(n), { settler: null, event: { event_type: key } as Envelope });
  const acknowledge = () => {
    const batch = outbox.take(outbox.acked + 1)!;
    outbox.acknowledge(batch, reply(batch));
    return batch.body.toString();
  };
  tick(1, 'a');
  tick(2, 'b');
  tick(3, 'c');
  expect(outbox).toMatchObject({ pending: 1, held: 2 });
  let isIdle = false;
  const idle = outbox.idle().then(() => {
    isIdle = true;
  });
  // It replaces what was there, and is waited for in its place; a key that comes later is not.
  tick(4, 'b');
  tick(5, 'd');
  for (const mark of ['1', '4', '3']) {
    await turn();
    expect(isIdle).toBe(false);
    expect(acknowledge().slice(1, 2)).toBe(mark);
  }
  await idle;
  expect(outbox).toMatchObject({ pending: 1, held: 0, conflated: 1 });
});

test('a value that is larger than the mark leaves room for is not held', () => {
  const outbox = open({ spoolDir: null, bufferBytesMax: 30_000_000, conflationKey: () => 'key' });
  outbox.add('x'.repeat(14_999_000), { settler: null, event: {} as Envelope });
  const results = [1024 * 1024 - 10, 1024 * 1024 - 100].map((length) => {
    const result: { outcome: unknown } = { outcome: null };
    const settler = {
      resolve: () => {},
      reject: (error: unknown) => {
        result.outcome = error;
      },
      number: 0,
    };
    outbox.add('x'.repeat(length), { settler, event: {} as Envelope });
    return result.outcome;
  });
  // With its count it would be too large to be an event.
  expect(results).toEqual([expect.any(OutboxFullError), null]);
});
