import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { marksOf, tick } from './support/events.js';
import { Rig, textsIn } from './support/rig.js';

function accept(rig: Rig, ...texts: string[]): void {
  for (const text of texts) rig.anonymous.accept([Buffer.from(text)]);
}

test('what is valid is appended in order, on one line, and broadcast', async () => {
  const rig = new Rig();
  accept(rig, tick(1), JSON.stringify(JSON.parse(tick(2)), null, 2), tick(3));
  await turn();
  expect(marksOf(Buffer.from(textsIn(rig.events).join('\n')))).toEqual([1, 2, 3]);
  expect(rig.events.read(1, 1_000_000)).toHaveLength(1);
  rig.broadcast.release();
  expect(rig.sent.map(({ payload }) => JSON.parse(payload).seq)).toEqual([1, 2, 3]);
  expect(rig.counters).toMatchObject({ received: 3, appended: 3 });
  expect([...rig.counters.byType]).toEqual([['market_data', 3]]);
});

test('what is not goes to the dead letters, as it came', async () => {
  const rig = new Rig();
  accept(rig, '{"event_type":"market_data","source":"mt5_feed"}');
  rig.anonymous.accept([Buffer.from([0xff, 0x00])]);
  rig.anonymous.accept([Buffer.from('{"a":'), Buffer.from('1}')]);
  await turn();
  const letters = textsIn(rig.deadLetterLog).map((text) => JSON.parse(text));
  expect(letters).toMatchObject([
    { door: '5571', producer: null, producer_seq: null, event_type: 'market_data', source: 'mt5_feed' },
    { payload: '/wA=', encoding: 'base64', issues: [{ found: 'bytes that are not UTF-8' }] },
    { payload: '{"a":1}', encoding: 'utf8', issues: [{ found: '2 frames' }] },
  ]);
  expect(rig.counters).toMatchObject({ received: 3, rejected: 3 });
});

test('a record stays so small that a reply can carry it', () => {
  const rig = new Rig();
  const large = tick('x'.repeat(1_000_000));
  accept(rig, ...Array.from({ length: 20 }, () => large));
  rig.commit.flush();
  expect(rig.events.nextSeq).toBe(21);
  const sizes = rig.events.read(1, 100 * 1024 * 1024).map(({ body }) => body.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(8 * 1024 * 1024);
});

test('a burst is committed in parts, so that it never stands in memory as a whole', () => {
  const rig = new Rig();
  const large = tick('x'.repeat(1_000_000));
  let waiting = 0;
  for (let n = 1; n <= 20; n += 1) {
    accept(rig, large);
    // Not one turn of the event loop passes.
    waiting = Math.max(waiting, n - (rig.events.nextSeq - 1));
  }
  expect(waiting).toBeLessThanOrEqual(5);
  for (let n = 1; n <= 20; n += 1) accept(rig, `no JSON ${'x'.repeat(1_000_000)}`);
  expect(rig.deadLetterLog.nextSeq).toBeGreaterThan(15);
  rig.commit.flush();
  expect([rig.events.nextSeq, rig.deadLetterLog.nextSeq]).toEqual([21, 21]);
  expect(rig.counters).toMatchObject({ received: 40, appended: 20, rejected: 20 });
});

describe('while the log cannot be written', () => {
  test('events are held, and appended in order when it can be again', async () => {
    const rig = new Rig();
    rig.events.failing = true;
    accept(rig, tick(1));
    await turn();
    for (let n = 2; n <= 3_000; n += 1) accept(rig, tick(n));
    rig.commit.flush();
    expect(rig.events.nextSeq).toBe(1);
    rig.events.failing = false;
    // The first try is a small one; the rest follows by itself.
    rig.commit.flush();
    await turn();
    expect(marksOf(Buffer.from(textsIn(rig.events).join('\n')))).toEqual(
      Array.from({ length: 3_000 }, (_, i) => i + 1),
    );
    expect(rig.counters.appended).toBe(3_000);
    expect(rig.said).toEqual(['unavailable', 'available']);
    expect(rig.lost).toEqual([]);
  });

  test('an event does not make the log be tried each time', async () => {
    const rig = new Rig();
    rig.events.failing = true;
    for (let n = 1; n <= 10; n += 1) {
      accept(rig, tick(n));
      await turn();
    }
    expect(rig.events.commits).toBe(1);
  });

  test('invalid ones are held too, and written once', async () => {
    const rig = new Rig();
    rig.deadLetterLog.failing = true;
    accept(rig, 'a', 'b');
    await turn();
    rig.deadLetterLog.failing = false;
    rig.events.failing = true;
    accept(rig, tick(1));
    rig.commit.flush();
    rig.events.failing = false;
    rig.commit.flush();
    const letters = textsIn(rig.deadLetterLog).map((text) => JSON.parse(text).payload);
    expect(letters).toEqual(['a', 'b']);
    expect(rig.events.nextSeq).toBe(2);
    expect(rig.counters).toMatchObject({ rejected: 2, appended: 1 });
  });

  test('what does not fit is counted, and reported when the log is back', async () => {
    const rig = new Rig();
    rig.events.failing = true;
    accept(rig, tick(0));
    await turn();
    const large = tick('x'.repeat(1_000_000));
    accept(rig, ...Array.from({ length: 20 }, () => large));
    rig.events.failing = false;
    rig.commit.flush();
    await turn();
    const kept = rig.events.nextSeq - 1;
    expect(kept).toBeGreaterThan(10);
    expect(rig.lost.map(({ events }) => events)).toEqual([21 - kept]);
  });

  test('what is empty has its cost too: what takes memory is bounded, not what was sent', async () => {
    const rig = new Rig();
    rig.events.failing = true;
    rig.deadLetterLog.failing = true;
    accept(rig, tick(0));
    await turn();
    for (let n = 0; n < 40_000; n += 1) rig.anonymous.accept([Buffer.alloc(0)]);
    rig.events.failing = false;
    rig.deadLetterLog.failing = false;
    rig.commit.flush();
    await turn();
    const kept = rig.deadLetterLog.nextSeq - 1;
    // 16 MiB, and for each half a KiB for itself and as much for its one issue.
    expect(kept).toBeGreaterThan(10_000);
    expect(kept).toBeLessThanOrEqual(16 * 1024);
    expect(rig.lost.map(({ events }) => events)).toEqual([40_000 - kept]);
  });

  test('what is held at the end is reported as lost', async () => {
    const rig = new Rig();
    rig.events.failing = true;
    accept(rig, tick(1), 'bad', tick(2));
    rig.commit.flush();
    rig.anonymous.close();
    // The bad one is in its log.
    expect(rig.lost.map(({ events }) => events)).toEqual([2]);
  });
});
