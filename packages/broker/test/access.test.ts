import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import {
  addToAllowList,
  BusClient,
  type ClientKey,
  createClientKey,
  createServerKey,
  DeadlineError,
  ExposedError,
  KeyRefusedError,
  keyFilesIn,
  makeKeyPair,
  readClientKey,
  removeFromAllowList,
} from '@bitten/transport';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Dealer, Push, Subscriber } from 'zeromq';
import { publish, type Running, readAll, startBroker, temporaryDir } from './support/broker.js';
import { tick } from './support/events.js';

/** A bus that wants keys, and how to make some. */
async function startGuarded(): Promise<Running & { keysDir: string; allow: (name: string) => ClientKey }> {
  const keysDir = join(temporaryDir(), 'keys');
  createServerKey(keysDir);
  const running = await startBroker({ access: { keysDir } });
  const allow = (name: string) => {
    const { key } = createClientKey(keysDir, name);
    addToAllowList(keyFilesIn(keysDir).allowed, key);
    return key;
  };
  return { ...running, keysDir, allow };
}

function clientOf({ broker }: Running, key?: ClientKey): BusClient {
  const client = new BusClient({ port: broker.ports.bus, name: 'test', key });
  onTestFinished(() => client.close());
  return client;
}

const long = { timeout_ms: 20_000 };

test('a client with a key on the list comes in; the list is read without a restart', async () => {
  const world = await startGuarded();
  const client = clientOf(world, world.allow('webapp'));
  await client.connected(long);
  const { seqs } = await publish(client, [tick(1)]);
  expect(seqs).toHaveLength(1);
});

test('a client with another key, or none, is told why, and comes in once it may', async () => {
  const world = await startGuarded();
  const { key } = createClientKey(world.keysDir, 'late');
  const late = clientOf(world, key);
  const error = await late.connected({ timeout_ms: 1_000 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(KeyRefusedError);
  expect(late.status).toMatchObject({ state: 'disconnected', refused: true });
  expect(String(error)).toContain('bitten keys client late');
  expect(String(error)).not.toContain(key.secretKey);
  expect(await late.ping().catch((thrown: unknown) => thrown)).toBeInstanceOf(KeyRefusedError);

  const keyless = clientOf(world);
  const without = await keyless.connected({ timeout_ms: 1_000 }).catch((thrown: unknown) => thrown);
  expect(String(without)).toContain('BITTEN_KEY_FILE');

  addToAllowList(keyFilesIn(world.keysDir).allowed, key);
  await late.connected(long);
  await late.ping();
  const doors = (await late.stats()).doors;
  expect(doors).toMatchObject({ curve: true, refused: { unknown_key: expect.any(Number) } });
  expect(doors!.refused.unknown_key).toBeGreaterThan(0);
  expect(doors!.refused.protocol).toBeGreaterThan(0);
});

test('the three doors all want the key, of any ZeroMQ client', async () => {
  const world = await startGuarded();
  const { pub, pull, bus } = world.broker.ports;
  const key = world.allow('raw');
  const curve = {
    curvePublicKey: key.publicKey,
    curveSecretKey: key.secretKey,
    curveServerKey: key.serverKey,
  };
  const reader = clientOf(world, world.allow('reader'));
  await reader.connected(long);

  const subscriber = new Subscriber({ ...curve, receiveTimeout: 20_000 });
  const push = new Push({ ...curve, linger: 0 });
  const stranger = new Push({ linger: 0, sendTimeout: 300, immediate: true });
  const strangeDealer = new Dealer({ linger: 0, sendTimeout: 300, immediate: true });
  const strangeSubscriber = new Subscriber({ receiveTimeout: 300 });
  const sockets = [subscriber, push, stranger, strangeDealer, strangeSubscriber];
  onTestFinished(() => sockets.forEach((socket) => void socket.close()));
  subscriber.connect(`tcp://127.0.0.1:${pub}`);
  subscriber.subscribe('bitten.market_data');
  strangeSubscriber.connect(`tcp://127.0.0.1:${pub}`);
  strangeSubscriber.subscribe('');
  await vi.waitFor(async () => expect((await reader.stats()).doors!.connections.pub).toBe(1), {
    timeout: 20_000,
  });
  push.connect(`tcp://127.0.0.1:${pull}`);
  stranger.connect(`tcp://127.0.0.1:${pull}`);
  strangeDealer.connect(`tcp://127.0.0.1:${bus}`);

  // Again and again: nobody says when the subscription has arrived.
  const sending = setInterval(() => void push.send(tick('by key')), 200);
  onTestFinished(() => clearInterval(sending));
  const [topic, payload] = await subscriber.receive();
  clearInterval(sending);
  expect(String(topic)).toBe('bitten.market_data');
  expect(String(payload)).toContain('by key');
  await expect(stranger.send(tick('by stranger'))).rejects.toThrow();
  await expect(strangeDealer.send('{"v":1,"op":"ping","id":1}')).rejects.toThrow();
  await expect(strangeSubscriber.receive()).rejects.toThrow();
  const texts = (await readAll(reader)).map(({ text }) => text);
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.join()).not.toContain('by stranger');
});

test('a key that is revoked while its client is inside is put out; the others come back and lose nothing', async () => {
  const world = await startGuarded();
  const { allowed } = keyFilesIn(world.keysDir);
  const bad = clientOf(world, world.allow('bad'));
  const good = clientOf(world, world.allow('good'));
  await Promise.all([bad.connected(long), good.connected(long)]);
  // Never near the door that is cleared: it must not notice.
  const key = world.allow('listener');
  const listener = new Subscriber({
    curvePublicKey: key.publicKey,
    curveSecretKey: key.secretKey,
    curveServerKey: key.serverKey,
  });
  onTestFinished(() => listener.close());
  listener.connect(`tcp://127.0.0.1:${world.broker.ports.pub}`);
  listener.subscribe('');
  await vi.waitFor(async () => expect((await good.stats()).doors!.connections.pub).toBe(1), {
    timeout: 20_000,
  });
  let listenerLost = false;
  void (async () => {
    for await (const event of listener.events) if (event.type === 'disconnect') listenerLost = true;
  })();

  const refused = whenRefused(bad);
  removeFromAllowList(allowed, 'bad');
  for (let first = 1, isPutOut = false; !isPutOut; ) {
    isPutOut = await Promise.race([refused.then(() => true), nextTick(false)]);
    try {
      await publish(good, [tick(first)], { first, acked: first - 1 });
      first += 1;
    } catch {
      // Sent again under the same number.
      await good.connected(long);
    }
  }
  expect(await bad.ping().catch((error: unknown) => error)).toBeInstanceOf(KeyRefusedError);
  await good.connected(long);
  const marks = (await readAll(good)).map(
    ({ text }) => (JSON.parse(text) as { data: { mark: number } }).data.mark,
  );
  expect(marks).toEqual(marks.map((_, index) => index + 1));
  expect(listenerLost).toBe(false);
});

test('a list with a wrong line is good for its other lines, and that is said once', async () => {
  const world = await startGuarded();
  const { allowed } = keyFilesIn(world.keysDir);
  const first = clientOf(world, world.allow('first'));
  await first.connected(long);
  const good = readFileSync(allowed, 'utf8');
  writeFileSync(allowed, `${good}half a line of so`);
  await vi.waitFor(() => expect(world.said.problems).toHaveLength(1), { timeout: 20_000 });
  writeFileSync(allowed, `${good}half a line of something`);
  await clientOf(world, keyOf(world.keysDir, 'first')).connected(long);
  await first.ping();
  expect(world.said.problems).toHaveLength(1);
  expect(String(world.said.problems[0])).toContain('line 3');
});

test('a key taken off by hand is put out, also where another line is left wrong', async () => {
  const world = await startGuarded();
  const { allowed } = keyFilesIn(world.keysDir);
  const [bad, good] = [clientOf(world, world.allow('bad')), clientOf(world, world.allow('good'))];
  await Promise.all([bad.connected(long), good.connected(long)]);
  const lines = readFileSync(allowed, 'utf8').split('\n');
  const refused = whenRefused(bad);
  const left = lines.filter((line) => !line.endsWith(' bad')).join('\n');
  writeFileSync(allowed, `${left}${makeKeyPair().publicKey.slice(0, 20)}`);
  await refused;
  expect(await bad.ping().catch((error: unknown) => error)).toBeInstanceOf(KeyRefusedError);
  await good.connected(long);
  await good.ping();
});

test('while the list cannot be read nobody new comes in, and nobody is put out', async () => {
  const world = await startGuarded();
  const { allowed } = keyFilesIn(world.keysDir);
  const inside = clientOf(world, world.allow('client'));
  await inside.connected(long);
  let wasOut = false;
  inside.onStatus(({ state }) => {
    if (state !== 'connected') wasOut = true;
  });
  renameSync(allowed, `${allowed}.away`);
  await vi.waitFor(() => expect(world.said.problems).toHaveLength(1), { timeout: 20_000 });
  const late = clientOf(world, keyOf(world.keysDir, 'client'));
  const error = await late.connected({ timeout_ms: 1_000 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(KeyRefusedError);
  await inside.ping();
  expect(wasOut).toBe(false);
  renameSync(`${allowed}.away`, allowed);
  await late.connected(long);
});

test('strangers who have no key take no places from those who have one', async () => {
  const keysDir = join(temporaryDir(), 'keys');
  createServerKey(keysDir);
  const world = await startBroker({ access: { keysDir, connectionsMax: 2 } });
  const { allowed } = keyFilesIn(keysDir);
  for (const name of ['one', 'two']) addToAllowList(allowed, createClientKey(keysDir, name).key);
  await Promise.all(Array.from({ length: 50 }, () => staySilent(world.broker.ports.bus)));
  // And some that have a key, but none that is known.
  const { serverKey } = keyOf(keysDir, 'one');
  const { publicKey, secretKey } = makeKeyPair();
  const curve = { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey: serverKey };
  for (let n = 0; n < 20; n += 1) {
    const dealer = new Dealer({ ...curve, linger: 0 });
    onTestFinished(() => dealer.close());
    dealer.connect(`tcp://127.0.0.1:${world.broker.ports.bus}`);
  }
  const clients = ['one', 'two'].map((name) => clientOf(world, keyOf(keysDir, name)));
  await Promise.all(clients.map((client) => client.connected(long)));
  await vi.waitFor(
    async () => {
      const { connections, refused } = (await clients[0]!.stats()).doors!;
      expect(connections.bus).toBe(2);
      // How many of them have come so far is the machine's business; none of them has a place.
      expect(refused.unknown_key).toBeGreaterThanOrEqual(10);
      expect(refused.too_many).toBe(0);
    },
    { timeout: 20_000 },
  );
  // The bound holds for those with a key, and a place is free again when one of them has gone.
  const third = clientOf(world, keyOf(keysDir, 'one'));
  expect(await third.connected({ timeout_ms: 500 }).catch((error: unknown) => error)).toBeInstanceOf(Error);
  expect((await clients[0]!.stats()).doors!.refused.too_many).toBeGreaterThan(0);
  clients[1]!.close();
  await third.connected(long);
});

test('a bus is not opened to others without keys', async () => {
  await expect(startBroker({ host: '0.0.0.0' })).rejects.toThrow(ExposedError);
  await expect(startBroker({ access: { keysDir: temporaryDir() } })).rejects.toMatchObject({
    code: 'bad_key_file',
    remedy: expect.stringContaining('bitten keys init'),
  });
});

test('two buses in one process decide each for itself', async () => {
  const [one, other] = [await startGuarded(), await startGuarded()];
  const key = one.allow('client');
  await clientOf(one, key).connected(long);
  const stranger = clientOf(other, { ...key, serverKey: other.allow('known').serverKey });
  expect(await stranger.connected({ timeout_ms: 500 }).catch((error: unknown) => error)).toBeInstanceOf(
    KeyRefusedError,
  );
});

test('connections above the bound are refused, and those there are served on', async () => {
  const world = await startBroker({ access: { connectionsMax: 3 } });
  const clients = Array.from({ length: 3 }, () => clientOf(world));
  await Promise.all(clients.map((client) => client.connected(long)));
  const late = clientOf(world);
  expect(await late.connected({ timeout_ms: 500 }).catch((error: unknown) => error)).toBeInstanceOf(
    DeadlineError,
  );
  const { doors } = await clients[0]!.stats();
  expect(doors!.refused.too_many).toBeGreaterThan(0);
  clients[2]!.close();
  await late.connected(long);
});

function keyOf(keysDir: string, name: string): ClientKey {
  return readClientKey(join(keyFilesIn(keysDir).clients, `${name}.key`));
}

function whenRefused(client: BusClient): Promise<void> {
  return new Promise((resolve) => {
    client.onStatus((status) => {
      if (status.state === 'disconnected' && status.refused) resolve();
    });
  });
}

/** A TCP connection that says nothing, and another as soon as it is cut off. */
async function staySilent(port: number): Promise<void> {
  const socket = connectTcp(port, '127.0.0.1');
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
    socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (!isOver) void staySilent(port);
  });
  await once(socket, 'connect');
  socket.resume();
}

function nextTick<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(value)));
}
