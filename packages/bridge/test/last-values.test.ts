import { setImmediate as turn } from 'node:timers/promises';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  BadOptionError,
  defineEvent,
  type EventBridge,
  type ReceivedEvent,
  type SubscribeOptions,
} from '../src/index.js';
import { until } from './support/until.js';
import { range, World } from './support/world.js';

const now = () => Date.now() / 1000;
const tick = (symbol: string, n: number, timestamp = now()) => ({
  event_type: 'market_data',
  data: { symbol, bid: n, ask: n + 1 },
  timestamp,
});

function subscribe(bridge: EventBridge, options: SubscribeOptions) {
  const events: ReceivedEvent[] = [];
  const subscription = bridge.subscribe(options, (event) => {
    events.push(event);
  });
  return { events, subscription, bids: () => events.map(({ data }) => data.bid) };
}

const late: SubscribeOptions = { types: ['market_data'], lastValues: true };

describe('a subscriber that asks for the last values', () => {
  test('gets the last of each key, marked, and then what comes, not marked', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    for (const n of range(1, 9)) void bridge.publish(tick(n % 3 === 0 ? 'EURUSD' : 'GBPUSD', n));
    await bridge.publish({ event_type: 'user_action', data: { user_id: '7', action: 'x' } });
    const { subscription, events, bids } = subscribe(bridge, late);
    await subscription.ready;
    expect(bids()).toEqual([8, 9]);
    expect(events).toMatchObject([
      { last_value: true, seq: 9 },
      { last_value: true, seq: 10 },
    ]);
    expect(events[0]!.appended_at).toBeGreaterThan(now() - 3_600);
    await bridge.publish(tick('EURUSD', 10));
    await until('the tick', () => events.length === 3);
    expect(events[2]).toMatchObject({ data: { bid: 10 } });
    expect(events[2]).not.toHaveProperty('last_value');
  });

  test('gets them by its filter, and none where there are none', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    const nothing = subscribe(bridge, late);
    await nothing.subscription.ready;
    expect(nothing.bids()).toEqual([]);
    for (const [i, symbol] of ['EURUSD', 'GBPUSD', 'XAUUSD'].entries()) await bridge.publish(tick(symbol, i));
    const some = subscribe(bridge, { ...late, symbols: ['XAUUSD', 'EURUSD'] });
    await some.subscription.ready;
    expect(some.bids()).toEqual([0, 2]);
    await until('all three', () => nothing.events.length === 3);
  });

  test('misses nothing and gets nothing twice while a publisher is at work and the bus dies', async () => {
    const world = await World.start();
    const publisher = world.bridge({ name: 'publisher' });
    const symbols = ['A', 'B', 'C', 'D', 'E'];
    let sent = 0;
    let isOver = false;
    const working = (async () => {
      while (!isOver) {
        for (let i = 0; i < 20; i += 1) {
          void publisher.publish(tick(symbols[sent % symbols.length]!, sent));
          sent += 1;
        }
        await turn();
      }
    })();
    const subscribers: ReturnType<typeof subscribe>[] = [];
    for (let round = 0; round < 4; round += 1) {
      const reached = sent + 1_000;
      await until('a thousand more', () => sent > reached);
      subscribers.push(subscribe(world.bridge({ name: `late-${round}` }), late));
      if (round === 1) {
        await world.stop();
        await world.start();
      }
    }
    await Promise.all(subscribers.map(({ subscription }) => subscription.ready));
    isOver = true;
    await working;
    await publisher.flush();
    const log = (await world.events()).filter(({ event_type }) => event_type === 'market_data');
    for (const { events } of subscribers) {
      await until('the end of the log', () => events.at(-1)?.seq === log.at(-1)!.seq);
      const firsts = events.filter(({ last_value }) => last_value === true);
      const rest = events.slice(firsts.length);
      expect(rest.some(({ last_value }) => last_value === true)).toBe(false);
      // What follows is the log from one place on, without a hole.
      const from = log.findIndex(({ seq }) => seq === rest[0]!.seq);
      expect(rest.map(({ seq }) => seq)).toEqual(log.slice(from).map(({ seq }) => seq));
      // What came first is the last of each symbol before that place.
      const before = new Map(log.slice(0, from).map(({ data, seq }) => [data.symbol, seq]));
      expect(firsts.map(({ seq }) => seq)).toEqual([...before.values()].sort((a, b) => a - b));
    }
  });

  test('has its handler’s errors dealt with as ever', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    for (const n of range(1, 3)) await bridge.publish(tick(`S${n}`, n));
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const subscription = bridge.subscribe(
      { ...late, onHandlerError: 'stop', onError: (error) => errors.push(error) },
      ({ data }) => {
        seen.push(data.bid);
        if (data.bid === 2) throw new Error('no');
      },
    );
    await subscription.done;
    expect(seen).toEqual([1, 2]);
    expect(errors).toHaveLength(1);
  });

  test('is told at once what makes no sense', async () => {
    const world = await World.prepare();
    const bridge = world.bridge();
    const wrong: SubscribeOptions[] = [
      { ...late, cursor: 'c' },
      { ...late, from: 'start' },
      { lastValues: true },
      { lastValues: true, types: [] },
      { lastValues: true, types: ['market_data', 'fire_command'] },
      { expired: 'drop' as 'skip' },
    ];
    for (const options of wrong) expect(() => bridge.subscribe(options, () => {})).toThrow(BadOptionError);
  });

  test('hears what the bus says of a type it does not know', async () => {
    const world = await World.start();
    const own = defineEvent({
      type: 'own',
      description: 'A.',
      data: v.looseObject({ k: v.string() }),
      key: ['k'],
    });
    const error = await new Promise((resolve) => {
      world
        .bridge({ types: [own] })
        .subscribe({ types: ['own'], lastValues: true, onError: resolve }, () => {});
    });
    expect(error).toMatchObject({ code: 'bad_request', found: 'own' });
  });
});

describe('expired events', () => {
  const signal = (signal_id: string, expires_at: number | null) => ({
    event_type: 'signal_generated',
    data: { signal_id, symbol: 'EURUSD', direction: 'BUY', confidence: 1, pattern_type: 'p', expires_at },
  });

  test('are passed over where the subscription says so, and counted; a cursor moves on', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    await bridge.publish(signal('old', now() - 1));
    await bridge.publish(tick('EURUSD', 1, now() - 11));
    await bridge.publish(signal('open', null));
    await bridge.publish(signal('new', now() + 3_600));
    await bridge.publish(tick('EURUSD', 2));
    const options: SubscribeOptions = { types: ['signal_generated', 'market_data'], from: 'start' };
    const all = subscribe(bridge, options);
    const fresh = subscribe(bridge, { ...options, expired: 'skip', cursor: 'fresh' });
    await until('all of them', () => all.events.length === 5 && fresh.events.length === 3);
    expect(fresh.events.map(({ data }) => data.signal_id ?? data.bid)).toEqual(['open', 'new', 2]);
    expect([all.subscription.expired, fresh.subscription.expired]).toEqual([0, 2]);
    await fresh.subscription.close();
    const [cursor] = await world.ask((client) => client.listCursors());
    expect(cursor).toMatchObject({ name: 'fresh', lag: 0 });
  });

  test('are passed over among the last values too', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    await bridge.publish(tick('OLD', 1, now() - 11));
    await bridge.publish(tick('NEW', 2));
    const { subscription, bids } = subscribe(bridge, { ...late, expired: 'skip' });
    await subscription.ready;
    expect(bids()).toEqual([2]);
    expect(subscription.expired).toBe(1);
  });
});
