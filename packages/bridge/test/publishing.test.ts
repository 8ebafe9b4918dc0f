import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { defineEvent, InvalidEventError, withCorrelation } from '../src/index.js';
import { until } from './support/until.js';
import { failure, listen, numbered, numbersOf, range, unhandledRejections, World } from './support/world.js';

test('receipts tell the true places, in the order of publishing', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  const receipts = await Promise.all(range(1, 5_000).map((n) => bridge.publish(numbered(n))));
  const events = await world.events();
  expect(numbersOf(events)).toEqual(range(1, 5_000));
  expect(receipts).toEqual(events.map(({ seq }) => ({ seq, level: 'fsynced' })));
  expect(bridge.stats()).toMatchObject({
    connection: 'connected',
    published: 5_000,
    acknowledged: 5_000,
    pending: 0,
    bufferedBytes: 0,
    spooledBytes: 0,
    orphansLeft: 0,
  });
});

test('an event says of itself what the caller gives, and keeps what is unknown', async () => {
  const world = await World.start();
  const bridge = world.bridge({ name: 'my component' });
  await bridge.publish({
    event_type: 'price_alert',
    timestamp: 1_757_957_318.25,
    user_id: '7',
    session_id: 's',
    correlation_id: 'c',
    data: { price: 1, note: 'ü€😀\n' },
    ...{ extra: [1] },
  });
  await bridge.publish({ event_type: 'system_health', data: { component: 'webapp', status: 'running' } });
  const [alert, health] = await world.events();
  expect(alert).toMatchObject({
    event_type: 'price_alert',
    timestamp: 1_757_957_318.25,
    source: 'my_component',
    user_id: '7',
    session_id: 's',
    correlation_id: 'c',
    data: { price: 1, note: 'ü€😀\n' },
    extra: [1],
  });
  expect(health).toMatchObject({ source: 'webapp' });
});

test('a type of your own is checked by its rules and published by a function of its own', async () => {
  const world = await World.start();
  const priceAlert = defineEvent({
    type: 'price_alert',
    description: 'A price was reached.',
    data: v.looseObject({ symbol: v.string(), price: v.pipe(v.number(), v.minValue(0)) }),
  });
  const bridge = world.bridge();
  const alert = bridge.define(priceAlert);
  await alert({ symbol: 'EURUSD', price: 1.2, note: 'x' }, { source: 'alerts', user_id: '7' });
  expect(await world.events()).toMatchObject([
    {
      event_type: 'price_alert',
      source: 'alerts',
      user_id: '7',
      data: { symbol: 'EURUSD', price: 1.2, note: 'x' },
    },
  ]);
  const error = await failure(alert({ symbol: 'EURUSD', price: -1 }));
  expect(error).toBeInstanceOf(InvalidEventError);
  expect((error as InvalidEventError).issues).toMatchObject([{ path: 'data.price' }]);
  await bridge.flush();
  // The bus, which does not know these rules, must not take it for an event.
  expect(await world.events()).toHaveLength(1);
  const [letter] = await world.deadLetters();
  expect(letter).toMatchObject({
    event_type: 'price_alert',
    source: 'test',
    issues: [{ path: 'data.price', code: 'range' }],
  });
  expect(JSON.parse(letter!.payload)).toMatchObject({
    event_type: 'price_alert',
    data: { symbol: 'EURUSD', price: -1 },
  });
});

test('withCorrelation reaches whatever is published in it, however late, and nothing else', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  await Promise.all(
    ['a', 'b'].map((id) =>
      withCorrelation(id, async () => {
        await bridge.publish(numbered(`${id}1`));
        await sleep(5);
        await Promise.all([
          bridge.publish(numbered(`${id}2`)),
          bridge.publish({ ...numbered(`${id}3`), correlation_id: 'own' }),
          withCorrelation('inner', () => bridge.publish(numbered(`${id}4`))),
        ]);
      }),
    ),
  );
  await bridge.publish(numbered('outside'));
  const ids = Object.fromEntries(
    (await world.events()).map(({ data, correlation_id = null }) => [data.n, correlation_id]),
  );
  expect(ids).toEqual({
    a1: 'a',
    a2: 'a',
    a3: 'own',
    a4: 'inner',
    b1: 'b',
    b2: 'b',
    b3: 'own',
    b4: 'inner',
    outside: null,
  });
});

describe('an invalid event', () => {
  test('rejects with what is wrong, and is kept in the dead letters as it was given', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    const error = await failure(
      bridge.publish({ event_type: 'market_data', data: { symbol: 'EURUSD', bid: -1, ask: 'x' } }),
    );
    expect(error).toBeInstanceOf(InvalidEventError);
    const paths = (error as InvalidEventError).issues.map(({ path }) => path);
    expect(paths).toEqual(['data.bid', 'data.ask']);
    await bridge.flush();
    expect(await world.events()).toEqual([]);
    const [letter] = await world.deadLetters();
    expect(letter).toMatchObject({ door: '5572', event_type: 'market_data', source: 'mt5_feed' });
    expect(JSON.parse(letter!.payload)).toMatchObject({ data: { symbol: 'EURUSD', bid: -1, ask: 'x' } });
  });

  test('that only the bus finds so rejects with the bus’s reasons and the number of the dead letter', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    // What `toJSON` makes of it nobody knows before it is made.
    const data = { toJSON: () => 'no object' };
    const before = bridge.publish(numbered(1));
    const error = await failure(bridge.publish({ event_type: 'price_alert', data }));
    expect(error).toBeInstanceOf(InvalidEventError);
    expect(error).toMatchObject({ deadLetter: 1, issues: [{ path: 'data', code: 'type' }] });
    expect((await before).seq).toEqual(expect.any(Number));
    expect((await bridge.publish(numbered(2))).seq).toEqual(expect.any(Number));
  });

  test('that is too large does not go on as one, whatever its letters', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    // Fewer characters than the limit, and more bytes.
    const wide = await failure(bridge.publish(numbered(1, { text: '€'.repeat(500_000) })));
    expect(wide).toMatchObject({ code: 'invalid_event', issues: [{ code: 'size' }] });
    const huge = await failure(bridge.publish(numbered(2, { text: 'x'.repeat(20_000_000) })));
    expect(huge).toMatchObject({ code: 'invalid_event', issues: [{ code: 'size' }] });
    await bridge.publish(numbered(3, { text: '€'.repeat(300_000) }));
    expect(numbersOf(await world.events())).toEqual([3]);
    const letters = await world.deadLetters();
    expect(letters.map(({ payload }) => payload.includes('€'.repeat(500_000)))).toEqual([true, false]);
    expect(letters[1]!.payload).toContain('xxx');
  });
});

test('whatever is handed over, nothing is thrown, and what follows goes on', async () => {
  const unhandled = unhandledRejections();
  const world = await World.start();
  const bridge = world.bridge();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const traps = new Proxy(
    {},
    {
      get: () => {
        throw new Error('get');
      },
      ownKeys: () => {
        throw new Error('ownKeys');
      },
      getPrototypeOf: () => {
        throw new Error('getPrototypeOf');
      },
    },
  );
  const unshowable = {
    [Symbol.for('nodejs.util.inspect.custom')]: () => {
      throw new Error('inspect');
    },
    get event_type(): string {
      throw new Error('event_type');
    },
  };
  const silent = {
    [Symbol.for('nodejs.util.inspect.custom')]: () => '',
    get event_type(): string {
      throw {
        toString: () => {
          throw new Error('not even that');
        },
      };
    },
  };
  const hostile: unknown[] = [
    null,
    undefined,
    5,
    'text',
    [],
    {},
    () => {},
    Symbol('x'),
    traps,
    unshowable,
    silent,
    numbered('circle', circle),
    numbered('bigint', { value: 5n }),
    numbered('nan', { value: Number.NaN }),
    { event_type: 'x', data: traps },
    { event_type: 5, data: null },
    { ...numbered('proto'), ['__proto__']: 5, timestamp: 'now' },
    { event_type: 'a\nb', source: '\r\n', data: { n: null }, timestamp: Number.POSITIVE_INFINITY },
    numbered('deep', JSON.parse(`{"x":${'['.repeat(100)}${']'.repeat(100)}}`)),
    { event_type: 'user_action', data: { toJSON: () => undefined } },
    {
      event_type: 'user_action',
      data: {
        toJSON: () => {
          throw new Error('toJSON');
        },
      },
    },
  ];
  const receipts = hostile.map((event) => failure(bridge.publish(event as never)));
  for (const error of await Promise.all(receipts)) expect(error).toMatchObject({ code: 'invalid_event' });
  await bridge.publish(numbered('after'));
  expect(numbersOf(await world.events())).toEqual(['after']);
  expect(await world.deadLetters()).toHaveLength(hostile.length);
  expect(unhandled).toEqual([]);
});

test('ignoring every receipt harms nobody', async () => {
  const unhandled = unhandledRejections();
  const world = await World.start();
  const bridge = world.bridge();
  void bridge.publish(numbered(1));
  void bridge.publish({ event_type: 'market_data', data: {} });
  void bridge.publish(null as never);
  await bridge.flush();
  await world.stop();
  void bridge.publish(numbered(2));
  await until('the loss of the connection', () => bridge.stats().connection === 'disconnected');
  void bridge.publish(numbered(3));
  await bridge.close({ timeout_ms: 0 });
  void bridge.publish(numbered(4));
  await sleep(20);
  expect(unhandled).toEqual([]);
});

test('a failure awaited only later still rejects', async () => {
  const world = await World.start();
  const receipt = world.bridge().publish({ event_type: 'market_data', data: {} });
  await sleep(20);
  expect(await failure(receipt)).toBeInstanceOf(InvalidEventError);
});

describe('disabled', () => {
  test('nothing is sent, and nothing is opened', async () => {
    const world = await World.start();
    const bridge = world.bridge({ disabled: true });
    expect(await bridge.publish(numbered(1))).toEqual({ seq: null, level: 'disabled' });
    expect(bridge.stats()).toMatchObject({ connection: 'idle', published: 0 });
    bridge.enable();
    await bridge.publish(numbered(2));
    bridge.disable();
    await bridge.publish(numbered(3));
    bridge.enable();
    await bridge.publish(numbered(4));
    expect(numbersOf(await world.events())).toEqual([2, 4]);
  });

  test('by the environment', async () => {
    process.env.BITTEN_DISABLED = '1';
    onTestFinished(() => {
      delete process.env.BITTEN_DISABLED;
    });
    const world = await World.prepare();
    expect(await world.bridge().publish(numbered(1))).toMatchObject({ level: 'disabled' });
  });
});

describe('closed', () => {
  test('a bridge takes nothing more and opens nothing', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    await bridge.close();
    expect(await failure(bridge.publish(numbered(1)))).toMatchObject({ code: 'bridge_closed' });
    expect(() => bridge.subscribe({}, () => {})).toThrow(expect.objectContaining({ code: 'bridge_closed' }));
    expect(bridge.stats().connection).toBe('closed');
  });

  test('what was published before is acknowledged first', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    const said = listen(bridge);
    const receipts = range(1, 2_000).map((n) => bridge.publish(numbered(n)));
    const closing = bridge.close();
    expect(bridge.close()).toBe(closing);
    await closing;
    expect((await Promise.all(receipts)).every(({ level }) => level === 'fsynced')).toBe(true);
    expect(numbersOf(await world.events())).toEqual(range(1, 2_000));
    expect(said.map(({ state }) => state)).toEqual(['connecting', 'connected', 'closed']);
  });
});

test('a listener that throws disturbs nobody', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  bridge.onStatus(() => {
    throw new Error('the listener’s own affair');
  });
  const said = listen(bridge);
  await bridge.publish(numbered(1));
  expect(said.map(({ state }) => state)).toEqual(['connecting', 'connected']);
});

test.each([
  ['port', 0],
  ['port', Number.NaN],
  ['window', 65],
  ['bufferBytesMax', -1],
  ['idle_ms', Number.NaN],
])('the option %s = %d is refused at once', async (name, value) => {
  const world = await World.prepare();
  expect(() => world.bridge({ [name]: value })).toThrow(expect.objectContaining({ code: 'bad_option' }));
});
