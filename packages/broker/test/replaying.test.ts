import { GapError } from '@bitten/schema';
import { PositionBeyondEndError, SlowDownError } from '@bitten/transport';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Subscriber } from 'zeromq';
import { replaysMax } from '../src/replayer.js';
import { connect, failure, publish, readAll, startBroker } from './support/broker.js';
import { tick } from './support/events.js';
import { until } from './support/until.js';

describe('the operation replay', () => {
  test('is answered with what was sent and what nobody wanted, and appends nothing', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    const other = tick('other', { event_type: 'price_alert' });
    await publish(client, [tick(1), other, tick(3)]);
    const before = await readAll(client);
    const { next: end } = await client.hello();
    const request = { name: 'r', from: before[0]!.seq };
    expect(await client.replay(request)).toEqual({ next: end, end, sent: 0, unheard: 3 });

    const socket = new Subscriber();
    onTestFinished(() => socket.close());
    socket.subscribe('replay.price');
    socket.connect(`tcp://127.0.0.1:${broker.ports.pub}`);
    const reply = await until('the subscription', async () => {
      const asked = await client.replay(request);
      return asked.sent > 0 && asked;
    });
    expect(reply).toEqual({ next: end, end, sent: 1, unheard: 2 });
    const frames = await socket.receive();
    expect(frames.map(String)[0]).toBe('replay.price_alert');
    expect(JSON.parse(frames[1]!.toString())).toMatchObject({ replay: { id: 'r' }, data: { mark: 'other' } });
    expect(await readAll(client)).toEqual(before);
    expect((await client.hello()).next).toBe(end);
    expect((await client.stats()).events).toMatchObject({ received: 3, appended: expect.any(Number) });
  });

  test('takes its places as a fetch does', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    await publish(client, [tick(1), tick(2)]);
    const { next: end } = await client.hello();
    expect(await client.replay({ name: 'r', from: 'start', to: 3 })).toMatchObject({ next: 3, unheard: 2 });
    expect(await client.replay({ name: 'r', from: 'end' })).toEqual({ next: end, end, sent: 0, unheard: 0 });
    const yesterday = { time: Date.now() / 1000 - 86_400 };
    expect(await client.replay({ name: 'r', from: yesterday, max_events: 1 })).toMatchObject({ next: 2 });
    const error = await failure(client.replay({ name: 'r', from: end + 1 }));
    expect(error).toBeInstanceOf(PositionBeyondEndError);
  });

  test('says what retention has removed', async () => {
    const { broker } = await startBroker({
      segmentBytesMax: 4_096,
      retention_ms: 10,
      retention: { bytesMax: 8_192, ageMax_s: null },
    });
    const client = await connect(broker);
    for (let n = 1; n <= 60; n += 1) await publish(client, [tick(n)], { first: n });
    await until('retention', async () => (await client.hello()).first > 1);
    expect(await failure(client.replay({ name: 'r', from: 1 }))).toBeInstanceOf(GapError);
  });

  test('is put off where too many are in hand, and publishers go on meanwhile', async () => {
    const { broker } = await startBroker();
    const client = await connect(broker);
    await publish(
      client,
      Array.from({ length: 5_000 }, (_, n) => tick(n)),
    );
    let answered = 0;
    const ask = async () => {
      try {
        return await client.replay({ name: 'r', from: 'start' }, { timeout_ms: 20_000 });
      } catch (error) {
        return error;
      } finally {
        answered += 1;
      }
    };
    const asked = Array.from({ length: replaysMax + 20 }, ask);
    await publish(client, [tick('between')], { first: 5_001 });
    expect(answered).toBeLessThan(replaysMax);
    const answers = await Promise.all(asked);
    const refused = answers.filter((answer) => answer instanceof SlowDownError);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ retry_ms: 100 });
    const served = answers.filter((answer) => !(answer instanceof Error));
    expect(served.length).toBeGreaterThanOrEqual(replaysMax);
    for (const answer of served) expect(answer).toMatchObject({ unheard: 1_000 });
  });
});
