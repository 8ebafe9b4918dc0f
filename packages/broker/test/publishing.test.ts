import { OutOfSequenceError, RemoteError } from '@bitten/transport';
import { describe, expect, test } from 'vitest';
import {
  connect,
  failure,
  marksInLog,
  publish,
  readAll,
  readDeadLetters,
  startBroker,
  temporaryDir,
} from './support/broker.js';
import { badTick, tick } from './support/events.js';

test('a receipt names the places, and there the events are, byte for byte', async () => {
  const { broker } = await startBroker();
  const client = await connect(broker);
  const texts = [tick(1), tick('ü'), tick(3)];
  const { level, seqs, rejected } = await publish(client, texts);
  expect(level).toBe('fsynced');
  expect(rejected).toEqual([]);
  const [[first, seq, count]] = seqs as [[number, number, number]];
  expect([first, count]).toEqual([1, 3]);
  const { log_id, next } = await client.hello();
  expect(log_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(next).toBe(seq + 3);
  expect(await readAll(client, { from: seq })).toEqual(texts.map((text, i) => ({ seq: seq + i, text })));
});

test('invalid events are named in the reply and kept in the dead letters', async () => {
  const { broker } = await startBroker();
  const client = await connect(broker);
  const { seqs, rejected } = await publish(client, [tick(1), badTick(2), tick(3), 'nonsense']);
  expect(seqs.map(([first, , count]) => [first, count])).toEqual([
    [1, 1],
    [3, 1],
  ]);
  expect(rejected).toMatchObject([
    { producer_seq: 2, dead_letter: 1, issues: [{ path: 'data.bid', code: 'range' }] },
    { producer_seq: 4, dead_letter: 2, issues: [{ path: '', code: 'json' }] },
  ]);
  const letters = await readDeadLetters(client);
  expect(letters).toMatchObject([
    { door: '5572', producer: 'p', producer_seq: 2, payload: badTick(2), event_type: 'market_data' },
    { door: '5572', producer: 'p', producer_seq: 4, payload: 'nonsense', event_type: null },
  ]);
  expect(await marksInLog(client)).toEqual([1, 3]);
  const { events, dead_letters } = await client.stats();
  expect(events).toMatchObject({ rejected: 2, by_type: { market_data: 2 } });
  expect(dead_letters).toEqual({ first: 1, next: 3 });
});

describe('once', () => {
  test('a batch sent again is answered with the same places, also after a restart', async () => {
    const dataDir = temporaryDir();
    const texts = [tick(1), badTick(2), tick(3)];
    const before = await startBroker({ dataDir });
    const client = await connect(before.broker);
    const first = await publish(client, texts);
    expect(await publish(client, texts)).toEqual(first);
    await before.broker.stop();

    const after = await startBroker({ dataDir });
    const again = await connect(after.broker);
    expect(await publish(again, texts)).toEqual(first);
    expect(await publish(again, [tick(4)], { first: 4 })).toMatchObject({ rejected: [] });
    expect(await marksInLog(again)).toEqual([1, 3, 4]);
    expect(await readDeadLetters(again)).toHaveLength(1);
  });

  test('a producer whose last events were invalid goes on after a restart, acknowledged or not', async () => {
    const dataDir = temporaryDir();
    const before = await startBroker({ dataDir });
    const client = await connect(before.broker);
    await publish(client, [tick(1), badTick(2)]);
    await publish(client, [tick(1), badTick(2)], { producer: 'q' });
    await before.broker.stop();

    const after = await startBroker({ dataDir });
    const again = await connect(after.broker);
    await publish(again, [tick(3)], { first: 3, acked: 2 });
    const resent = await publish(again, [badTick(2), tick(3)], { producer: 'q', first: 2 });
    expect(resent.rejected).toMatchObject([{ producer_seq: 2, dead_letter: 2 }]);
    expect(await marksInLog(again)).toEqual([1, 1, 3, 3]);
    expect(await readDeadLetters(again)).toHaveLength(2);
  });

  test('batches sent side by side, and again, end up in order', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    const sending = Array.from({ length: 30 }, (_, i) => publish(client, [tick(i + 1)], { first: i + 1 }));
    const again = Array.from({ length: 30 }, (_, i) => publish(client, [tick(i + 1)], { first: i + 1 }));
    const replies = await Promise.all(sending);
    expect(await Promise.all(again)).toEqual(replies);
    expect(await marksInLog(client)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
});

test('a batch that leaves a hole is refused with the number that is expected', async () => {
  const { broker } = await startBroker();
  const client = await connect(broker);
  await publish(client, [tick(1)]);
  const error = await failure(publish(client, [tick(3)], { first: 3 }));
  expect(error).toBeInstanceOf(OutOfSequenceError);
  expect(error).toMatchObject({ expectedFirst: 2 });
  expect(await client.producerState('p')).toBe(1);
  expect(await client.producerState('nobody')).toBe(0);
});

test('a body that holds another number of events is a mistake of the client', async () => {
  const { broker } = await startBroker();
  const client = await connect(broker);
  const error = await failure(publish(client, [tick(1), tick(2)], { count: 3 }));
  expect(error).toBeInstanceOf(RemoteError);
  expect(error).toMatchObject({ code: 'bad_request', found: '2 lines', expected: '3 lines' });
  expect(await client.producerState('p')).toBe(0);
});
