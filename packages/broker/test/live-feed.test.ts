import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Push, Subscriber } from 'zeromq';
import type { Broker } from '../src/index.js';
import { connect, publish, readAll, readDeadLetters, startBroker } from './support/broker.js';
import { badTick, tick } from './support/events.js';
import { until } from './support/until.js';

/** What a subscriber of the running system does: it unpacks exactly two frames. */
async function listen(broker: Broker, topic: string): Promise<Array<{ topic: string; text: string }>> {
  const socket = new Subscriber();
  onTestFinished(() => socket.close());
  const received: Array<{ topic: string; text: string }> = [];
  socket.subscribe(topic);
  const connected = new Promise((resolve) => socket.events.on('handshake', resolve));
  socket.connect(`tcp://127.0.0.1:${broker.ports.pub}`);
  await connected;
  void (async () => {
    for await (const frames of socket) {
      if (frames.length !== 2) throw new Error(`${frames.length} frames`);
      received.push({ topic: frames[0]!.toString(), text: frames[1]!.toString() });
    }
  })();
  return received;
}

/** Publishes probes until the subscription has arrived. */
async function arrived(received: unknown[], probe: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 1; received.length === 0; n += 1) {
    await probe(n);
    await turn();
  }
}

test('every appended event is two frames, topic and JSON with its seq, in order', async () => {
  const { broker } = await startBroker();
  const client = await connect(broker);
  const received = await listen(broker, 'bitten.market_data');
  await arrived(received, (n) => publish(client, [tick(`probe${n}`)], { producer: 'probe', first: n }));
  const batches = Array.from({ length: 20 }, (_, b) =>
    Array.from({ length: 10 }, (_, i) => (i === 4 ? badTick(i) : tick(`${b}.${i}`))),
  );
  const other = tick('other', { event_type: 'price_alert' });
  for (const [b, texts] of batches.entries()) {
    void publish(client, [...texts, other], { first: b * 11 + 1 });
  }
  const valid = batches.flat().filter((text) => !text.includes('-1'));
  const marks = () => received.map(({ text }) => JSON.parse(text).data.mark as string);
  await until('the last event', () => marks().includes('19.9'));
  const live = received.filter(({ text }) => !text.includes('probe'));
  expect(live.every(({ topic }) => topic === 'bitten.market_data')).toBe(true);
  expect(live.map(({ text }) => text.replace(/,"seq":\d+}$/, '}'))).toEqual(valid);
  const logged = await readAll(client, { filter: { types: ['market_data'] } });
  const places = new Map(logged.map(({ seq, text }) => [text, seq]));
  expect(live.map(({ text }) => JSON.parse(text).seq)).toEqual(valid.map((text) => places.get(text)));
});

test('the door without receipts takes one frame of JSON, and keeps what is invalid', async () => {
  const { broker } = await startBroker();
  const client = await connect(broker);
  const received = await listen(broker, 'bitten.');
  const socket = new Push();
  onTestFinished(() => socket.close());
  socket.connect(`tcp://127.0.0.1:${broker.ports.pull}`);
  // As Python's json.dumps writes it, with blanks.
  const text = `{"event_type": "user_action", "timestamp": 1757957318.1234567, "source": "webapp", "data": {"user_id": "7", "action": "login"}, "correlation_id": null}`;
  await socket.send(text);
  await socket.send('{"event_type": "user_action"}');
  await socket.send(['{"two":', '"frames"}']);
  await socket.send(text);
  await until('the second event', async () => (await readAll(client)).length === 2);
  expect((await readAll(client)).map((event) => event.text)).toEqual([text, text]);
  expect(await readDeadLetters(client)).toMatchObject([
    { door: '5571', producer: null, payload: '{"event_type": "user_action"}' },
    { door: '5571', payload: '{"two":"frames"}' },
  ]);
  for (const event of received) {
    expect(JSON.parse(event.text).seq).toEqual(expect.any(Number));
  }
});

test('the bus says of itself when it starts and stops, and how it is', async () => {
  const { broker } = await startBroker({ heartbeat_ms: 20 });
  const client = await connect(broker);
  const received = await listen(broker, 'bitten.system_health');
  await publish(client, [tick(1), tick(2)]);
  await until('a heartbeat', () => received.some(({ text }) => JSON.parse(text).data.events_published > 2));
  const page = await client.fetch({ from: 'start' });
  expect(JSON.parse(page.body.toString().split('\n')[0]!)).toMatchObject({
    event_type: 'system_health',
    source: 'event_bus',
    data: {
      component: 'event_bus',
      status: 'started',
      uptime: expect.any(Number),
      pub_port: broker.ports.pub,
      pull_port: broker.ports.pull,
      events_published: 0,
      events_received: 0,
    },
  });
  const running = received.map(({ text }) => JSON.parse(text).data);
  expect(running.at(-1)).toMatchObject({ status: 'running', events_received: 2 });
  await broker.stop();
  await until('the last word', () => received.some(({ text }) => text.includes('"stopped"')));
});
