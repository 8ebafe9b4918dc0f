import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GapError } from '@bitten/schema';
import { type BusClient, PositionBeyondEndError, splitEvents } from '@bitten/transport';
import { beforeEach, describe, expect, test } from 'vitest';
import { connect, failure, publish, readAll, startBroker, temporaryDir } from './support/broker.js';
import { badTick, marksOf, tick } from './support/events.js';
import { until } from './support/until.js';

const gbp = (mark: number) => tick(mark, { data: { symbol: 'GBPUSD', bid: 1, ask: 1, timestamp: 1, mark } });
const click = (mark: number, user_id: string) =>
  tick(mark, { event_type: 'user_action', source: 'webapp', data: { user_id, action: 'click', mark } });

describe('fetch', () => {
  let client: BusClient;
  let first: number;

  beforeEach(async () => {
    const { broker } = await startBroker();
    client = await connect(broker);
    const reply = await publish(client, [tick(1), gbp(2), click(3, '7'), tick(4), gbp(5), click(6, '8')]);
    first = reply.seqs[0]![1]!;
  });

  test.each([
    [{ symbols: ['GBPUSD'] }, [2, 5]],
    [{ types: ['user_action'] }, [3, 6]],
    [{ users: ['8'] }, [6]],
    [{ sources: ['webapp'], users: ['7'] }, [3]],
    [{ types: ['market_data'], symbols: ['EURUSD', 'GBPUSD'] }, [1, 2, 4, 5]],
  ])('with the filter %j', async (filter, marks) => {
    const page = await client.fetch({ from: first, filter });
    expect(marksOf(page.body)).toEqual(marks);
    expect(page).toMatchObject({ from: first, next: first + 6, end: first + 6 });
    expect(page.runs.flatMap(([seq, count]) => Array.from({ length: count }, (_, i) => seq + i))).toEqual(
      marks.map((mark) => first + mark - 1),
    );
  });

  test('joins pages without gap or repeat, however small and whatever is filtered', async () => {
    for (const filter of [undefined, { symbols: ['GBPUSD'] }]) {
      const marks: unknown[] = [];
      for (let from = first; from < first + 6; ) {
        const page = await client.fetch({ from, max_bytes: 1, ...(filter && { filter }) });
        expect(page.from).toBe(from);
        expect(page.next).toBeGreaterThan(from);
        expect(splitEvents(page.body).length).toBeLessThanOrEqual(1);
        marks.push(...marksOf(page.body));
        from = page.next;
      }
      expect(marks).toEqual(filter === undefined ? [1, 2, 3, 4, 5, 6] : [2, 5]);
    }
  });

  test('from the end waits for what comes', async () => {
    const waiting = client.fetch({ from: 'end', wait_ms: 30_000 });
    await publish(client, [tick(7)], { first: 7 });
    const page = await waiting;
    expect(page.from).toBe(first + 6);
    expect(marksOf(page.body)).toEqual([7]);
  });

  test('with a filter waits for what matches', async () => {
    const waiting = client.fetch({ from: 'end', wait_ms: 30_000, filter: { symbols: ['GBPUSD'] } });
    await publish(client, [tick(7)], { first: 7 });
    await publish(client, [gbp(8)], { first: 8 });
    expect(marksOf((await waiting).body)).toEqual([8]);
  });

  test('that lingers gets what comes after the first in the same reply', async () => {
    const waiting = client.fetch({ from: 'end', wait_ms: 30_000, linger_ms: 500 });
    await publish(client, [tick(7)], { first: 7 });
    await publish(client, [tick(8)], { first: 8 });
    expect(marksOf((await waiting).body)).toEqual([7, 8]);
  });

  test('at the end is answered empty when nothing comes', async () => {
    expect(await client.fetch({ from: 'end', wait_ms: 1 })).toMatchObject({ runs: [], next: first + 6 });
  });

  test('past the end hears where the end is', async () => {
    const error = await failure(client.fetch({ from: first + 100 }));
    expect(error).toBeInstanceOf(PositionBeyondEndError);
    expect(error).toMatchObject({ end: first + 6 });
  });
});

test('fetch from a time begins with the first event appended then', async () => {
  let now = 1_000;
  const { broker } = await startBroker({ now: () => now });
  const client = await connect(broker);
  for (let mark = 1; mark <= 3; mark += 1) {
    now = 1_000 + mark;
    await publish(client, [tick(mark)], { first: mark });
  }
  expect(marksOf((await client.fetch({ from: { time: 1_001.5 } })).body)).toEqual([2, 3]);
  expect(marksOf((await client.fetch({ from: { time: 1_003 } })).body)).toEqual([3]);
  const after = await client.fetch({ from: { time: 2_000 } });
  expect(after.from).toBe(after.end);
  const [run] = (await client.fetch({ from: { time: 1_002 } })).runs;
  expect(run?.[2]).toBe(1_002);
});

test('retention: a reader that it has overtaken is told of the gap, one that holds is waited for', async () => {
  let now = 1_000;
  const { broker, said } = await startBroker({
    segmentBytesMax: 64 * 1024,
    retention: { bytesMax: null, ageMax_s: 60 },
    retention_ms: 10,
    now: () => now,
  });
  const client = await connect(broker);
  await client.openCursor({ name: 'holder', from: 'start', hold: true });
  const texts = Array.from({ length: 1_000 }, (_, i) => tick(i));
  for (let n = 0; n < 5; n += 1) {
    await publish(client, texts, { first: n * texts.length + 1 });
    now += 100;
  }
  const { next } = await client.hello();
  expect((await client.hello()).first).toBe(1);
  await client.commitCursor('holder', next);
  await until('retention', async () => (await client.hello()).first > 1);
  const error = await failure(client.fetch({ from: 1 }));
  expect(error).toBeInstanceOf(GapError);
  const { from, to } = error as GapError;
  expect([from, to]).toEqual([1, (await client.hello()).first]);
  const rest = await readAll(client, { from: to });
  expect(rest.at(-1)?.seq).toBe(next - 1);
  expect(said.retained).toBe(to - 1);
});

describe('cursors', () => {
  test('stand where they were committed, also after a restart', async () => {
    const dataDir = temporaryDir();
    const before = await startBroker({ dataDir });
    const client = await connect(before.broker);
    await publish(client, [tick(1), tick(2), tick(3)]);
    expect(await client.openCursor({ name: 'tracker' })).toEqual({ name: 'tracker', next: 1 });
    await client.openCursor({ name: 'letters', log: 'dead_letters', from: 'end', hold: true });
    expect(await client.commitCursor('tracker', 3)).toEqual({ name: 'tracker', next: 3 });
    await before.broker.stop();

    const after = await startBroker({ dataDir });
    const again = await connect(after.broker);
    expect(await again.openCursor({ name: 'tracker', from: 'end' })).toEqual({ name: 'tracker', next: 3 });
    const { next } = await again.hello();
    expect(await again.listCursors()).toMatchObject([
      { name: 'tracker', log: 'events', next: 3, hold: false, lag: next - 3 },
      { name: 'letters', log: 'dead_letters', next: 1, hold: true, lag: 0 },
    ]);
    expect((await again.resetCursor('tracker', 'start')).next).toBe(1);
    await again.deleteCursor('letters');
    expect(await again.listCursors()).toHaveLength(1);
  });

  test('that are new are on disk when that is answered: retention is held back also after a crash right then', async () => {
    const dataDir = temporaryDir();
    const { broker } = await startBroker({ dataDir });
    const client = await connect(broker);
    await client.openCursor({ name: 'holder', from: 'start', hold: true });
    const file = join(dataDir, 'log', 'cursors.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      cursors: [{ name: 'holder', hold: true }],
    });
  });

  test('cannot be put past the end, where their reader would pass over what is still to come', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    await client.openCursor({ name: 'tracker' });
    for (const asked of [
      client.commitCursor('tracker', 1_000_000),
      client.resetCursor('tracker', 1_000_000),
      client.openCursor({ name: 'other', from: 1_000_000 }),
    ]) {
      expect(await failure(asked)).toBeInstanceOf(PositionBeyondEndError);
    }
    expect(await client.listCursors()).toMatchObject([{ name: 'tracker', next: 1 }]);
  });

  test('are told apart by their log, and the unknown ones named', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    await client.openCursor({ name: 'tracker' });
    const asked = client.openCursor({ name: 'tracker', log: 'dead_letters' });
    expect(await failure(asked)).toMatchObject({ code: 'bad_request' });
    expect(await failure(client.commitCursor('nobody', 1))).toMatchObject({ code: 'unknown_cursor' });
    expect(await failure(client.resetCursor('nobody', 1))).toMatchObject({ code: 'unknown_cursor' });
  });
});

test('a dead letter of the largest message that can come does not stop those who read the dead letters', async () => {
  const { broker } = await startBroker();
  const client = await connect(broker);
  await publish(client, ['\u0001'.repeat(8 * 1024 * 1024 - 200), badTick(2)]);
  const [run] = (await client.fetch({ log: 'dead_letters', from: 1 })).runs;
  expect(run?.[0]).toBe(1);
  const page = await client.fetch({ log: 'dead_letters', from: 2 });
  expect(JSON.parse(page.body.toString())).toMatchObject({ payload: badTick(2) });
});
