import { FaultyIo } from '@bitten/storage/testing';
import { type BusClient, type Reply, type Request, UnavailableError } from '@bitten/transport';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Push } from 'zeromq';
import { Engine } from '../src/engine.js';
import {
  connect,
  failure,
  marksInLog,
  publish,
  type Running,
  readDeadLetters,
  startBroker,
  temporaryDir,
} from './support/broker.js';
import { badTick, marksOf, tick } from './support/events.js';
import { until } from './support/until.js';

describe('a disk that is full', () => {
  let io: FaultyIo;
  let dataDir: string;
  let running: Running;
  let client: BusClient;

  beforeEach(async () => {
    io = new FaultyIo();
    dataDir = temporaryDir();
    running = await startBroker({ dataDir, io });
    client = await connect(running.broker);
    await publish(client, [tick(1)]);
    io.fail('ENOSPC');
  });

  test('acknowledges nothing, says so, serves readers, and is over when the disk is well again', async () => {
    const error = await failure(publish(client, [tick(2), badTick(3)], { first: 2 }));
    expect(error).toBeInstanceOf(UnavailableError);
    expect((error as UnavailableError).why).toContain('ENOSPC');
    expect(await failure(publish(client, [tick(2), badTick(3)], { first: 2 }))).toBeInstanceOf(
      UnavailableError,
    );
    expect(await client.producerState('p')).toBe(1);
    expect(await marksInLog(client)).toEqual([1]);
    expect(running.said.lines).toEqual(['unavailable']);
    io.heal();
    await publish(client, [tick(2), badTick(3)], { first: 2 });
    await publish(client, [tick(4)], { first: 4 });
    expect(await marksInLog(client)).toEqual([1, 2, 4]);
    expect(await readDeadLetters(client)).toHaveLength(1);
    await until('the end to be told', () => running.said.lines.length > 1);
    expect(running.said).toMatchObject({ lines: ['unavailable', 'available'], problems: [] });
  });

  test('is told in the stats while it lasts, and later in the log, as of when it began', async () => {
    expect((await client.stats()).unavailable).toBeNull();
    await failure(publish(client, [tick(2)], { first: 2 }));
    const { unavailable } = await client.stats();
    expect(unavailable?.why).toContain('ENOSPC');
    io.heal();
    await publish(client, [tick(2)], { first: 2 });
    await until('the end of it', async () => (await client.stats()).unavailable === null);
    const { body } = await client.fetch({ from: 'start' });
    const beats = body
      .toString()
      .split('\n')
      .map((text) => JSON.parse(text) as { timestamp: number; data: { status?: string; message?: string } })
      .filter(({ data }) => data.status === 'degraded');
    expect(beats).toHaveLength(1);
    expect(beats[0]!.data.message).toContain('ENOSPC');
    expect(beats[0]!.timestamp).toBeGreaterThanOrEqual(unavailable!.since - 1);
  });

  test('keeps a waiting reader waiting: nothing that failed is ever delivered', async () => {
    const waiting = client.fetch({ from: 'end', wait_ms: 30_000 });
    await failure(publish(client, [tick('lost')], { producer: 'q' }));
    io.heal();
    await publish(client, [tick(2)], { first: 2 });
    // And the word of the bus itself on what has been.
    expect(marksOf((await waiting).body)).toEqual([2, undefined]);
  });

  test('does not lose what came through the door without receipts, and needs nobody to try again', async () => {
    const socket = new Push();
    onTestFinished(() => socket.close());
    socket.connect(`tcp://127.0.0.1:${running.broker.ports.pull}`);
    for (let n = 1; n <= 50; n += 1) await socket.send(n === 25 ? badTick(n) : tick(`door${n}`));
    await until('them to come in', async () => (await client.stats()).events.received >= 51);
    expect(await marksInLog(client)).toEqual([1]);
    io.heal();
    await until('them to be written', async () => (await marksInLog(client)).length === 50);
    const expected = Array.from({ length: 50 }, (_, i) => `door${i + 1}`).filter((mark) => mark !== 'door25');
    expect((await marksInLog(client)).slice(1)).toEqual(expected);
    expect(await readDeadLetters(client)).toMatchObject([{ door: '5571', payload: badTick(25) }]);
    await until('the end to be told', () => running.said.lines.length > 1);
    expect(running.said).toMatchObject({ lines: ['unavailable', 'available'], problems: [] });
  });

  test('that stays full until the bus stops harms nothing that was acknowledged', async () => {
    await failure(publish(client, [tick(2)], { first: 2 }));
    await running.broker.stop();
    const after = await startBroker({ dataDir });
    const again = await connect(after.broker);
    expect(await marksInLog(again)).toEqual([1]);
    await publish(again, [tick(2)], { first: 2, acked: 1 });
    expect(await marksInLog(again)).toEqual([1, 2]);
  });
});

test('a full disk makes retention look at once: what it removes may be all that is missing', async () => {
  /** Full until a segment is removed. */
  class EmptyingIo extends FaultyIo {
    override remove(path: string): void {
      super.remove(path);
      if (path.endsWith('.seg')) this.heal();
    }
  }
  const io = new EmptyingIo();
  const mebi = 1024 * 1024;
  const never_ms = 2 ** 30;
  const options = { io, segmentBytesMax: mebi, retention: { bytesMax: mebi, ageMax_s: null } };
  const { broker, said } = await startBroker({ ...options, retention_ms: never_ms });
  const client = await connect(broker);
  const large = tick('x'.repeat(300_000));
  for (let first = 1; first <= 12; first += 1) await publish(client, [large], { first });
  io.fail('ENOSPC', ['write', 'open', 'writeLater']);
  expect(await failure(publish(client, [large], { first: 13 }))).toBeInstanceOf(UnavailableError);
  await until('retention to have made room', async () => (await client.hello()).first > 1);
  await publish(client, [large], { first: 13 });
  expect(said.problems).toEqual([]);
});

describe('stopping', () => {
  test('keeps every receipt it has given, and frees the ports', async () => {
    const dataDir = temporaryDir();
    const { broker, said } = await startBroker({ dataDir });
    const client = await connect(broker);
    const sending = Array.from({ length: 200 }, (_, i) => publish(client, [tick(i + 1)], { first: i + 1 }));
    const settled = Promise.allSettled(sending);
    await sending[0];
    const { ports } = broker;
    await broker.stop();
    await broker.stop();
    const outcomes = await settled;
    const acknowledged = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(said).toMatchObject({ lines: [], problems: [] });

    const after = await startBroker({ dataDir, ports });
    const again = await connect(after.broker);
    const marks = await marksInLog(again);
    expect(marks).toEqual(Array.from({ length: marks.length }, (_, i) => i + 1));
    expect(marks.length).toBeGreaterThanOrEqual(acknowledged);
  });

  test('tells who comes now to try again later, and who waits what there is', async () => {
    const dataDir = temporaryDir();
    const engine = new Engine({
      dataDir,
      segmentBytesMax: 1024 * 1024,
      retention: { bytesMax: null, ageMax_s: null },
      version: 'test',
      notices: { unavailable() {}, available() {}, retained() {}, problem() {} },
      feed: { wants: () => false, send() {} },
      clients: () => 0,
      now: () => 1_000,
    });
    const replies: Reply[] = [];
    const ask = (request: Request) => engine.service.handle(request, (reply) => replies.push(reply));
    const body = Buffer.from(tick(1));
    const batch = { op: 'publish' as const, producer: 'p', first: 1, count: 1, acked: 0, body };
    const page = { op: 'fetch' as const, log: 'events' as const, filter: undefined, max_bytes: 100 };
    ask({ ...page, id: 1, from: 'end', wait_ms: 60_000, linger_ms: 1_000 });
    ask({ ...batch, id: 2 });
    const closing = engine.close();
    ask({ ...batch, id: 3, producer: 'q' });
    await closing;
    expect(replies).toMatchObject([
      { op: 'publish', seqs: [[1, 1, 1]] },
      { op: 'fetch', next: 2 },
      { op: 'error', error: { code: 'unavailable', why: 'the bus is stopping' } },
    ]);
    const { broker } = await startBroker({ dataDir });
    expect(await marksInLog(await connect(broker))).toEqual([1]);
  });

  test('a port that is taken leaves nothing open behind', async () => {
    const { broker } = await startBroker();
    const dataDir = temporaryDir();
    for (const port of ['pub', 'pull', 'bus'] as const) {
      const ports = { pub: 0, pull: 0, bus: 0, [port]: broker.ports[port] };
      expect(await failure(startBroker({ dataDir, ports }))).toMatchObject({ code: 'port_in_use' });
    }
    await startBroker({ dataDir });
  });
});
