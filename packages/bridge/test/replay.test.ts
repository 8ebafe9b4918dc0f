import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog } from '@bitten/storage/log';
import { describe, expect, test } from 'vitest';
import {
  BadOptionError,
  type Handler,
  InvalidEventError,
  type ReceivedEvent,
  type ReplayOptions,
  ReplayRefusedError,
  type ReplaySubscribeOptions,
  withEffects,
} from '../src/index.js';
import { until } from './support/until.js';
import { World } from './support/world.js';

/** A bus that has seen five logins, one a second by their own clock, and a bridge to it. */
async function withHistory() {
  const world = await World.start();
  const bridge = world.bridge();
  const published = [1, 2, 3, 4, 5].map((n) => bridge.publish({ ...login(n), timestamp: 1_700_000_000 + n }));
  await Promise.all(published);
  return { world, bridge };
}

function login(n: number) {
  return { event_type: 'user_action', source: 'webapp', data: { user_id: 'u', action: 'login', n } };
}

const numberOf = ({ data }: ReceivedEvent) => (data as { n: number }).n;

/** A replay of the logins at full speed, unless told otherwise. */
function replaying(replay: Partial<ReplayOptions> = {}): ReplaySubscribeOptions {
  return { types: ['user_action'], replay: { from: 'start', speed: 'max', ...replay } };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}

describe('a replay', () => {
  test('hands over history in order, marked, and ends where the log ended', async () => {
    const { world, bridge } = await withHistory();
    const received: ReceivedEvent[] = [];
    const replay = bridge.subscribe(replaying({ name: 'friday' }), (event) => {
      received.push(event);
      // Comes after the end that was asked for.
      if (received.length === 1) void world.ask((client) => client.ping());
    });
    await replay.done;
    const logged = await world.events();
    expect(received.map(numberOf)).toEqual([1, 2, 3, 4, 5]);
    expect(received.map(({ seq }) => seq)).toEqual(logged.map(({ seq }) => seq));
    for (const event of received) {
      expect(event.replay).toEqual({ id: 'friday', at: expect.any(Number) });
      expect(event.replay!.at).toBeGreaterThan(event.appended_at);
      expect(event.timestamp).toBeLessThan(1_700_000_010);
    }
    expect(replay.progress).toMatchObject({ state: 'ended', sent: 5, missing: 0 });
    expect(replay.lag).toBe(0);
  });

  test('plays the stretch it is asked for', async () => {
    const { world, bridge } = await withHistory();
    const seqs = (await world.events()).map(({ seq }) => seq);
    const numbers: number[] = [];
    const note: Handler = (event) => void numbers.push(numberOf(event));
    await bridge.subscribe(replaying({ from: seqs[1]!, to: seqs[3]! }), note).done;
    expect(numbers).toEqual([2, 3]);
    await bridge.subscribe(replaying({ from: { time: Date.now() / 1000 + 60 } }), note).done;
    await bridge.subscribe(replaying({ to: { time: 1 } }), note).done;
    expect(numbers).toEqual([2, 3]);
    await bridge.subscribe(replaying({ from: { time: 1 }, to: 9_999 }), note).done;
    expect(numbers).toEqual([2, 3, 1, 2, 3, 4, 5]);
  });

  test('keeps the pace of the events, by either clock', async () => {
    const { bridge } = await withHistory();
    const begun = performance.now();
    let last = 0;
    const note = () => {
      last = performance.now();
    };
    await bridge.subscribe(replaying({ speed: 100 }), note).done;
    // Four seconds by their own time are forty milliseconds.
    expect(last - begun).toBeGreaterThan(39.9);
    // The bus appended all of them within moments: a test that waited for the other clock would not end.
    const appended = replaying({ speed: 0.01, clock: 'appended', gapMax_ms: 0.1 });
    const replay = bridge.subscribe(appended, note);
    await replay.done;
    expect(replay.progress).toMatchObject({ sent: 5 });
  });

  test('can be paused, stepped, hurried and closed', async () => {
    const { bridge } = await withHistory();
    const numbers: number[] = [];
    const options = replaying({ speed: 1, paused: true });
    const replay = bridge.subscribe(options, (event) => void numbers.push(numberOf(event)));
    await replay.step();
    expect(numbers).toEqual([1]);
    await replay.step(2);
    expect(numbers).toEqual([1, 2, 3]);
    expect(replay.progress).toMatchObject({ state: 'paused', at: 1_700_000_003 });
    replay.speed = 'max';
    replay.resume();
    await replay.done;
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    const waiting = bridge.subscribe(replaying({ paused: true }), () => expect.fail('is paused'));
    await waiting.ready;
    await waiting.close();
    expect(waiting.progress).toMatchObject({ state: 'stopped', sent: 0 });
  });

  test('waits for a slow handler, and goes on after one that throws', async () => {
    const { bridge } = await withHistory();
    const errors: unknown[] = [];
    let running = 0;
    const numbers: number[] = [];
    const options = { ...replaying(), onError: (error: unknown) => void errors.push(error) };
    const replay = bridge.subscribe(options, async (event) => {
      running += 1;
      expect(running).toBe(1);
      await sleep(1);
      running -= 1;
      numbers.push(numberOf(event));
      if (numberOf(event) === 2) throw new Error('no');
    });
    await replay.done;
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect(errors).toMatchObject([{ message: 'no' }]);
  });

  test('ends at the first error where it is told to', async () => {
    const { bridge } = await withHistory();
    let given = 0;
    const options = { ...replaying(), onHandlerError: 'stop' as const, onError: () => {} };
    const replay = bridge.subscribe(options, () => {
      given += 1;
      throw new Error('no');
    });
    await replay.done;
    expect(given).toBe(1);
    expect(replay.progress).toMatchObject({ state: 'stopped', sent: 0 });
  });

  test('goes on where it was when the bus has been away', async () => {
    const { world, bridge } = await withHistory();
    const numbers: number[] = [];
    const replay = bridge.subscribe({ ...replaying({ paused: true }), onError: () => {} }, (event) => {
      numbers.push(numberOf(event));
    });
    await replay.step(2);
    await world.stop();
    await world.start();
    replay.resume();
    await replay.done;
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
  });

  test('that begins while the bus is away begins when it is there', async () => {
    const { world } = await withHistory();
    await world.stop();
    const bridge = world.bridge();
    const errors: unknown[] = [];
    const numbers: number[] = [];
    const options = { ...replaying(), onError: (error: unknown) => void errors.push(error) };
    const replay = bridge.subscribe(options, (event) => void numbers.push(numberOf(event)));
    await until('the first error', () => errors.length > 0);
    await world.start();
    await replay.done;
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a replay cannot trade', () => {
  test('what its handler publishes is refused, however deep and asynchronously', async () => {
    const { world, bridge } = await withHistory();
    const receipts: Array<Promise<unknown>> = [];
    const replay = bridge.subscribe(replaying(), async (event) => {
      receipts.push(bridge.publish(login(100)));
      await sleep(1);
      receipts.push(bridge.publish(login(101)));
      setTimeout(() => receipts.push(bridge.publish(login(numberOf(event)))), 1);
    });
    await replay.done;
    await until('the last of them', () => receipts.length === 15);
    for (const receipt of receipts) expect(await failure(receipt)).toBeInstanceOf(ReplayRefusedError);
    await bridge.flush();
    expect(bridge.stats()).toMatchObject({ published: 5, pending: 0 });
    expect(await world.events()).toHaveLength(5);
    expect(await world.deadLetters()).toEqual([]);
  });

  test('an event that cannot be read is refused there too, and nothing is thrown at the handler', async () => {
    const { bridge } = await withHistory();
    const unreadable = {
      get event_type(): string {
        throw new Error('boo');
      },
      data: {},
    };
    const receipts: Array<Promise<unknown>> = [];
    await bridge.subscribe(replaying(), () => void receipts.push(bridge.publish(unreadable))).done;
    expect(receipts).toHaveLength(5);
    for (const receipt of receipts) expect(await failure(receipt)).toBeInstanceOf(Error);
  });

  test('what a handler opens serves others too: who listens to its status may publish', async () => {
    const { world, bridge } = await withHistory();
    const other = world.bridge();
    const receipts: Array<Promise<unknown>> = [];
    other.onStatus(({ state }) => {
      if (state === 'connected') receipts.push(other.publish(login(50)));
    });
    let inner: { done: Promise<void> } | undefined;
    const replay = bridge.subscribe(replaying(), () => {
      inner ??= other.subscribe(replaying(), () => {});
    });
    await replay.done;
    await inner!.done;
    expect(receipts.length).toBeGreaterThan(0);
    for (const receipt of receipts) expect(await receipt).toMatchObject({ level: 'fsynced' });
  });

  test('a receipt that nobody awaits is no unhandled rejection, and the component publishes meanwhile', async () => {
    const { world, bridge } = await withHistory();
    const replay = bridge.subscribe(replaying(), () => void bridge.publish(login(100)));
    await bridge.publish(login(6));
    await replay.done;
    await bridge.publish(login(7));
    expect((await world.events()).map(({ data }) => data.n)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('a handler with effects is refused at once', async () => {
    const { bridge } = await withHistory();
    let called = 0;
    const trade = withEffects(() => {
      called += 1;
    });
    expect(() => bridge.subscribe(replaying(), trade)).toThrow(ReplayRefusedError);
    const errors: unknown[] = [];
    const options = { ...replaying(), onError: (error: unknown) => void errors.push(error) };
    await bridge.subscribe(options, (event) => trade(event)).done;
    expect(errors).toHaveLength(5);
    for (const error of errors) expect(error).toBeInstanceOf(ReplayRefusedError);
    expect(called).toBe(0);
    const live = bridge.subscribe({ from: 'start', types: ['user_action'] }, trade);
    await until('the five of them', () => called === 5);
    await live.close();
  });

  test('what was received from a replay cannot be published, and is a dead letter', async () => {
    const { world, bridge } = await withHistory();
    let replayed: ReceivedEvent | undefined;
    await bridge.subscribe(replaying(), (event) => {
      replayed ??= event;
    }).done;
    const error = await failure(bridge.publish({ ...replayed! }));
    expect(error).toBeInstanceOf(InvalidEventError);
    expect((error as InvalidEventError).issues).toMatchObject([{ path: 'replay', code: 'reserved' }]);
    await bridge.flush();
    expect(await world.events()).toHaveLength(5);
    expect(await world.deadLetters()).toMatchObject([{ issues: [{ path: 'replay', code: 'reserved' }] }]);
  });

  test('what was received live can be published again, places and all', async () => {
    const { world, bridge } = await withHistory();
    const received: ReceivedEvent[] = [];
    const live = bridge.subscribe(
      { from: 'start', types: ['user_action'] },
      (event) => void received.push(event),
    );
    await until('an event', () => received.length > 0);
    await live.close();
    await bridge.publish({ ...received[0]! });
    expect(await world.events()).toHaveLength(6);
  });

  test('an event with the mark that lies in an older log is passed over, aloud, by a live subscription', async () => {
    const world = await World.prepare();
    const texts = [1, 2, 3].map((n) => {
      const mark = n === 2 ? { replay: { id: 'x', at: 1 } } : {};
      return JSON.stringify({ ...login(n), timestamp: 1, ...mark });
    });
    const log = openLog({
      dir: join(world.dir, 'bus/log'),
      durability: 'none',
      segmentBytesMax: 1024 * 1024,
    });
    const body = Buffer.from(texts.join('\n'));
    log.stage({ producer: '', producerSeq: 0, count: 3, appendedAt: 1, body });
    log.commit();
    log.close();
    await world.start();
    const numbers: number[] = [];
    const errors: unknown[] = [];
    const live = world
      .bridge()
      .subscribe(
        { from: 'start', types: ['user_action'], onError: (error) => void errors.push(error) },
        (event) => void numbers.push(numberOf(event)),
      );
    await until('the last of them', () => numbers.includes(3));
    expect(numbers).toEqual([1, 3]);
    expect(errors).toMatchObject([{ code: 'replay_refused', found: expect.stringContaining('user_action') }]);
    await live.close();
  });

  test('a live subscription gets none of what is replayed, and may be made within a replay', async () => {
    const { bridge } = await withHistory();
    const live: ReceivedEvent[] = [];
    const answers: Array<Promise<unknown>> = [];
    const inner = () =>
      bridge.subscribe({ from: 'now', types: ['user_action'] }, (event) => {
        live.push(event);
        if (numberOf(event) === 6) answers.push(bridge.publish(login(7)));
      });
    let subscription: ReturnType<typeof inner> | undefined;
    await bridge.subscribe(replaying(), () => {
      subscription ??= inner();
    }).done;
    await subscription!.ready;
    await bridge.subscribe(replaying(), () => {}).done;
    await bridge.publish(login(6));
    await until('both', () => live.length === 2);
    expect(live.map(numberOf)).toEqual([6, 7]);
    expect(live.every(({ replay }) => replay === undefined)).toBe(true);
    await answers[0];
  });
});

describe('options that make no sense are refused', () => {
  const bad: Array<[string, object]> = [
    ['cursor', { ...replaying(), cursor: 'mine' }],
    ['hold', { ...replaying(), hold: true }],
    ['from', { ...replaying(), from: 'start' }],
    ['lastValues', { ...replaying(), lastValues: true }],
    ['expired', { ...replaying(), expired: 'skip' }],
    ['replay', { replay: null }],
    ['replay', { replay: 'start' }],
    ['replay.from', { replay: {} }],
    ['replay.from', { replay: { from: 0 } }],
    ['replay.from', { replay: { from: 'now' } }],
    ['replay.to', { replay: { from: 1, to: { time: 'noon' } } }],
    ['replay.speed', { replay: { from: 1, speed: 0 } }],
    ['replay.speed', { replay: { from: 1, speed: 'fast' } }],
    ['replay.clock', { replay: { from: 1, clock: 'wall' } }],
    ['replay.gapMax_ms', { replay: { from: 1, gapMax_ms: -1 } }],
  ];
  test.each(bad)('%s: %j', async (name, options) => {
    const bridge = (await World.prepare()).bridge();
    const subscribe = () => bridge.subscribe(options as ReplaySubscribeOptions, () => {});
    expect(subscribe).toThrow(BadOptionError);
    expect(subscribe).toThrow(`the bridge's option ${name} is `);
  });
});
