import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type BusClient, type LastValuesOptions, RemoteError, splitEvents } from '@bitten/transport';
import { describe, expect, test } from 'vitest';
import { connect, failure, publish, readAll, startBroker, temporaryDir } from './support/broker.js';
import { badTick, tick } from './support/events.js';
import { Rig } from './support/rig.js';

const of = (symbol: string, mark: number, more: Record<string, unknown> = {}) =>
  tick(mark, { data: { symbol, bid: 1.1, ask: 1.2, timestamp: 1, mark }, ...more });
const balance = (account: string, mark: number) =>
  JSON.stringify({
    event_type: 'balance_update',
    timestamp: 1,
    source: 'mt5_adapter',
    data: { user_id: '7', account_number: account, balance: 1, equity: 1, mark },
  });
const action = (mark: number) =>
  JSON.stringify({
    event_type: 'user_action',
    timestamp: 1,
    source: 'webapp',
    // The name of a type that has a key, in another.
    data: { user_id: '7', action: 'market_data', symbol: 'EURUSD', mark },
  });

const ticks = { types: ['market_data'] };

async function last(client: BusClient, request: LastValuesOptions = ticks) {
  const reply = await client.lastValues(request);
  const marks = splitEvents(reply.body).map((text) => JSON.parse(text).data.mark as number);
  return { ...reply, marks, seqs: reply.runs.map(([seq]) => seq) };
}

describe('the last values', () => {
  test('are the newest of each key, in the order of seq, and reading goes on behind them', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    const texts = [of('EURUSD', 1), of('GBPUSD', 2), action(3), of('EURUSD', 4), balance('b1', 5)];
    const { seqs } = await publish(client, texts);
    const first = seqs[0]![1]!;
    const reply = await last(client);
    expect(reply).toMatchObject({
      marks: [2, 4],
      seqs: [first + 1, first + 3],
      more: false,
      next: first + 5,
    });
    // The publisher's own bytes, and the time of the log.
    expect(reply.body.toString()).toBe(`${texts[1]}\n${texts[3]}`);
    const page = await client.fetch({ from: first });
    expect(reply.runs[0]![2]).toBe(page.runs[0]![2]);
    await publish(client, [of('EURUSD', 6)], { first: 6 });
    const after = await readAll(client, { from: reply.next });
    expect(after.map(({ text }) => JSON.parse(text).data.mark)).toEqual([6]);
    expect(await last(client, { types: ['balance_update', 'market_data', 'market_data'] })).toMatchObject({
      marks: [2, 5, 6],
    });
  });

  test('are none where there are none, and pass a filter', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    expect(await last(client)).toMatchObject({ marks: [], more: false });
    await publish(client, [of('EURUSD', 1), of('GBPUSD', 2), of('XAUUSD', 3, { source: 'other' })]);
    expect((await last(client, { ...ticks, filter: { symbols: ['GBPUSD', 'XAUUSD'] } })).marks).toEqual([
      2, 3,
    ]);
    expect((await last(client, { ...ticks, filter: { sources: ['other'] } })).marks).toEqual([3]);
    expect((await last(client, { ...ticks, filter: { types: ['balance_update'] } })).marks).toEqual([]);
  });

  test('come in pages where they are many, each behind the one before', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    await publish(
      client,
      Array.from({ length: 50 }, (_, i) => of(`S${i}`, i)),
    );
    const marks: number[] = [];
    let pages = 0;
    for (let after = 0, more = true; more; pages += 1) {
      // What changes meanwhile comes again, behind.
      if (pages === 2) await publish(client, [of('S0', 100), of('S49', 101)], { first: 51 });
      const reply = await last(client, { ...ticks, after, max_bytes: 1_000 });
      expect(reply.body.length).toBeLessThanOrEqual(1_000);
      marks.push(...reply.marks);
      ({ more } = reply);
      after = reply.seqs.at(-1)!;
    }
    expect(pages).toBeGreaterThan(5);
    expect(marks).toEqual([...Array.from({ length: 49 }, (_, i) => i), 100, 101]);
  });

  test('of a type without a key are refused, with the names of those that have one', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    for (const types of [['user_action'], ['market_data', 'unheard_of']]) {
      const error = (await failure(client.lastValues({ types }))) as RemoteError;
      expect(error).toBeInstanceOf(RemoteError);
      expect(error).toMatchObject({ code: 'bad_request', found: types.at(-1) });
      expect(error.expected).toContain('market_data');
      expect(error.expected).toContain('balance_update');
    }
    expect(await failure(client.lastValues({ types: [] }))).toMatchObject({ code: 'bad_request' });
  });

  test('do not know what is invalid, or what could not be written', async () => {
    const rig = new Rig();
    const ask = async () =>
      (await rig.lastValues.ask({ types: ['market_data'], filter: undefined, after: 0, maxBytes: 1e6 }))!;
    rig.publish([of('EURUSD', 1), badTick(2)]);
    rig.events.failing = true;
    rig.publish([of('EURUSD', 3)], { first: 3 });
    expect((await ask()).body.toString()).toBe(of('EURUSD', 1));
    rig.events.failing = false;
    rig.publish([of('EURUSD', 4)], { first: 3 });
    rig.anonymous.accept([Buffer.from(of('GBPUSD', 5))]);
    rig.commit.flush();
    const page = await ask();
    expect(page.body.toString()).toBe(`${of('EURUSD', 4)}\n${of('GBPUSD', 5)}`);
    expect(page.next).toBe(rig.events.nextSeq);
  });

  test('of events that stand for others are counted with them', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    await publish(client, [
      of('EURUSD', 1, { conflated: 40 }),
      of('EURUSD', 2),
      of('GBPUSD', 3, { conflated: 2 }),
    ]);
    // Sent again, it is no news.
    await publish(client, [of('EURUSD', 1, { conflated: 40 })]);
    const { events, last_values } = await client.stats();
    expect(events.conflated).toBe(42);
    expect(last_values).toMatchObject({ forgotten: 0 });
  });
});

/** A snapshot with another value in it: whoever trusts it says so. */
function changed(text: string): string {
  const other = text.replace('\\"mark\\":4', '\\"mark\\":9');
  expect(other).not.toBe(text);
  return other;
}

/** The same with a checksum that fits. */
function sealed(text: string): string {
  const body = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
  return `${body}${JSON.stringify({ crc32: crc32(body) })}\n`;
}

describe('after a start', () => {
  const snapshotOf = (dir: string) => join(dir, 'last-values.ndjson');

  test('they are there again, for nobody but the owner to read', async () => {
    const dataDir = temporaryDir();
    const { broker } = await startBroker({ dataDir });
    await publish(await connect(broker), [of('EURUSD', 1), of('EURUSD', 2), of('GBPUSD', 3)]);
    await broker.stop();
    expect(statSync(snapshotOf(dataDir)).mode & 0o777).toBe(0o600);
    const again = await startBroker({ dataDir });
    const client = await connect(again.broker);
    expect(await last(client)).toMatchObject({ marks: [2, 3] });
    await publish(client, [of('EURUSD', 4)], { producer: 'q' });
    expect((await last(client)).marks).toEqual([3, 4]);
  });

  test('also those whose events retention has removed', async () => {
    const dataDir = temporaryDir();
    const options = {
      dataDir,
      segmentBytesMax: 64 * 1024,
      retention: { bytesMax: 1, ageMax_s: null },
      retention_ms: 20,
    };
    const { broker } = await startBroker(options);
    const client = await connect(broker);
    await publish(client, [of('EURUSD', 1)]);
    for (let first = 2; (await client.hello()).first === 1; first += 100) {
      await publish(
        client,
        Array.from({ length: 100 }, (_, i) => action(i)),
        { first },
      );
    }
    expect(await last(client)).toMatchObject({ marks: [1] });
    await broker.stop();
    const again = await startBroker(options);
    expect(await last(await connect(again.broker))).toMatchObject({ marks: [1] });
  });

  test.each([
    ['is missing', () => null],
    ['is empty', () => ''],
    ['was cut off', (text: string) => text.slice(0, -20)],
    ['has a letter changed', (text: string) => changed(text)],
    [
      'is of another log',
      (text: string) => sealed(changed(text).replace(/"log_id":"[^"]*"/, '"log_id":"x"')),
    ],
    [
      'knows a place the log does not have',
      (text: string) => sealed(changed(text).replace(/"next":\d+/, '"next":900')),
    ],
    ['is older than the end of the log', null],
  ])('they are made anew from the log where the snapshot %s', async (_what, damage) => {
    const dataDir = temporaryDir();
    const { broker } = await startBroker({ dataDir });
    await publish(await connect(broker), [of('EURUSD', 1), action(2), of('GBPUSD', 3)]);
    await broker.stop();
    const whole = readFileSync(snapshotOf(dataDir), 'utf8');
    const second = await startBroker({ dataDir });
    await publish(await connect(second.broker), [of('EURUSD', 4)], { producer: 'q' });
    await second.broker.stop();
    const damaged = damage === null ? whole : damage(readFileSync(snapshotOf(dataDir), 'utf8'));
    const copy = temporaryDir();
    cpSync(dataDir, copy, { recursive: true });
    if (damaged === null) rmSync(snapshotOf(copy));
    else writeFileSync(snapshotOf(copy), damaged);
    const third = await startBroker({ dataDir: copy });
    expect((await last(await connect(third.broker))).marks).toEqual([3, 4]);
    expect(third.said.problems).toEqual([]);
  });

  test('a snapshot that cannot be written is a problem told, and nothing else', async () => {
    const dataDir = temporaryDir();
    const { broker, said } = await startBroker({ dataDir });
    const client = await connect(broker);
    mkdirSync(`${snapshotOf(dataDir)}.new`);
    await publish(client, [of('EURUSD', 1)]);
    expect((await last(client)).marks).toEqual([1]);
    await broker.stop();
    expect(said.problems).toHaveLength(1);
    const again = await startBroker({ dataDir });
    expect((await last(await connect(again.broker))).marks).toEqual([1]);
  });
});
