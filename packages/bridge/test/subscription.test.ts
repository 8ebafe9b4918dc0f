import { setImmediate as turn } from 'node:timers/promises';
import { GapError } from '@bitten/schema';
import { BusClient } from '@bitten/transport';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EventBridge, ReceivedEvent } from '../src/index.js';
import { until } from './support/until.js';
import { numbered, numbersOf, range, unhandledRejections, World } from './support/world.js';

async function publish(bridge: EventBridge, first: number, last: number): Promise<void> {
  await Promise.all(range(first, last).map((n) => bridge.publish(numbered(n))));
}

/** A handler that keeps what it gets. */
function collector(): { seen: ReceivedEvent[]; handler: (event: ReceivedEvent) => void } {
  const seen: ReceivedEvent[] = [];
  return { seen, handler: (event) => void seen.push(event) };
}

describe('a subscription begins', () => {
  test('now: with what is published after it is ready', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    await publish(bridge, 1, 10);
    const { seen, handler } = collector();
    const subscription = bridge.subscribe({ sources: ['test'] }, handler);
    await subscription.ready;
    await publish(bridge, 11, 20);
    await until('the last event', () => seen.length >= 10);
    expect(numbersOf(seen)).toEqual(range(11, 20));
    const events = await world.events();
    expect(seen.map(({ seq }) => seq)).toEqual(events.slice(10).map(({ seq }) => seq));
    expect(Math.abs(seen[0]!.appended_at - Date.now() / 1000)).toBeLessThan(60);
    expect(subscription.position).toBe(seen.at(-1)!.seq + 1);
    expect(subscription.lag).toBe(0);
  });

  test('at a seq, at a time, at the start', async () => {
    let now = 1_000;
    const world = await World.start({ now: () => now });
    const bridge = world.bridge();
    for (const n of range(1, 5)) {
      now = 1_000 + n;
      await publish(bridge, n, n);
    }
    const { seq } = (await world.events())[2]!;
    for (const [from, first] of [
      [seq, 3],
      [{ time: 1_004 }, 4],
      ['start', 1],
    ] as const) {
      const { seen, handler } = collector();
      const subscription = bridge.subscribe({ from, types: ['user_action'] }, handler);
      await until('the last event', () => seen.length >= 6 - first);
      expect(numbersOf(seen)).toEqual(range(first, 5));
      await subscription.close();
    }
  });

  test('at its cursor, when it has one, and goes on there after its end', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    await publish(bridge, 1, 10);
    const options = { from: 'start', cursor: 'tracker', sources: ['test'] } as const;
    const first = collector();
    const subscription = bridge.subscribe(options, (event) => {
      first.handler(event);
      // Only asks for the end: the handler cannot wait for itself.
      if (event.data.n === 5) void subscription.close();
    });
    await subscription.done;
    expect(numbersOf(first.seen)).toEqual(range(1, 5));
    await subscription.close();
    await bridge.close();

    const another = world.bridge({ name: 'another' });
    const second = collector();
    another.subscribe(options, second.handler);
    await publish(another, 11, 12);
    await until('the last event', () => second.seen.length >= 7);
    expect(numbersOf(second.seen)).toEqual(range(6, 12));
    await until('the commit', async () => {
      const [cursor] = await world.ask((client) => client.listCursors());
      return cursor?.next === second.seen.at(-1)!.seq + 1;
    });
  });
});

test('history flows into what happens now, without gap or repeat, while publishing goes on', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  const { seen, handler } = collector();
  const publishing = (async () => {
    for (let n = 1; n <= 20_000; n += 1) {
      void bridge.publish(numbered(n));
      if (n % 100 === 0) await turn();
    }
    await bridge.flush();
  })();
  await until('some history', () => bridge.stats().acknowledged > 2_000);
  const reader = world.bridge({ name: 'reader' });
  reader.subscribe({ from: 'start', sources: ['test'] }, handler);
  await publishing;
  await until('the last event', () => seen.length >= 20_000);
  expect(numbersOf(seen)).toEqual(range(1, 20_000));
});

test('only what passes the filter is handed over', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  const { seen, handler } = collector();
  const filter = { types: ['user_action'], users: ['8'] };
  const subscription = bridge.subscribe({ from: 'start', ...filter }, handler);
  await subscription.ready;
  for (const n of range(1, 10)) await bridge.publish(numbered(n, { user_id: n % 2 === 0 ? '8' : '7' }));
  await until('the last event', () => seen.length >= 5);
  expect(numbersOf(seen)).toEqual([2, 4, 6, 8, 10]);
  await until('its position to pass the others', () => subscription.lag === 0);
});

describe('a handler', () => {
  test('that takes its time is called for one event at a time, in order', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    let running = 0;
    const seen: unknown[] = [];
    bridge.subscribe({ from: 'start', sources: ['test'] }, async ({ data }) => {
      running += 1;
      expect(running).toBe(1);
      await turn();
      running -= 1;
      seen.push(data.n);
    });
    await publish(bridge, 1, 200);
    await until('the last event', () => seen.length >= 200);
    expect(seen).toEqual(range(1, 200));
  });

  test.each([
    ['skip', undefined, [1, 2, 3, 4]],
    [undefined, undefined, [1, 2, 3, 4]],
    ['retry', undefined, [1, 2, 2, 2, 3, 4]],
    [undefined, 'cursor', [1, 2, 2, 2, 3, 4]],
    ['stop', undefined, [1, 2]],
  ] as const)('that throws twice, under %s with the cursor %s', async (onHandlerError, cursor, calls) => {
    const world = await World.start();
    const bridge = world.bridge();
    await publish(bridge, 1, 4);
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const subscription = bridge.subscribe(
      {
        from: 'start',
        sources: ['test'],
        ...(onHandlerError && { onHandlerError }),
        ...(cursor && { cursor }),
        onError: (error) => errors.push(error),
      },
      async ({ data: { n } }) => {
        seen.push(n);
        if (n === 2 && errors.length < 2) throw new Error('the handler’s');
      },
    );
    await until('the last call', () => seen.length >= calls.length);
    if (onHandlerError === 'stop') await subscription.done;
    expect(seen).toEqual(calls);
    const retried = calls.length > 4 ? 2 : 1;
    expect(errors).toEqual(Array.from({ length: retried }, () => new Error('the handler’s')));
  });

  test('that stopped its subscription leaves the cursor before the event', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    await publish(bridge, 1, 4);
    const subscription = bridge.subscribe(
      { from: 'start', sources: ['test'], cursor: 'c', onHandlerError: 'stop', onError: () => {} },
      ({ data: { n } }) => {
        if (n === 3) throw new Error('no');
      },
    );
    await subscription.done;
    await subscription.close();
    const third = (await world.events())[2]!;
    expect(await world.ask((client) => client.listCursors())).toMatchObject([{ name: 'c', next: third.seq }]);
  });
});

test('what listeners throw is nobody’s end', async () => {
  const unhandled = unhandledRejections();
  const world = await World.start();
  const bridge = world.bridge();
  const { seen, handler } = collector();
  const fail = () => {
    throw new Error('the listener’s own affair');
  };
  bridge.subscribe({ from: 'start', sources: ['test'], onError: fail, onGap: fail }, (event) => {
    handler(event);
    throw new Error('the handler’s');
  });
  await publish(bridge, 1, 3);
  await world.stop();
  await until('the loss', () => bridge.stats().connection === 'disconnected');
  await world.start();
  await publish(bridge, 4, 5);
  await until('the last event', () => seen.length >= 5);
  expect(numbersOf(seen)).toEqual(range(1, 5));
  expect(unhandled).toEqual([]);
});

test('a bus that goes and comes back is read on where it was, and its absence said once', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  const { seen, handler } = collector();
  const errors: Array<{ code?: string }> = [];
  const onError = (error: unknown) => errors.push(error as { code?: string });
  bridge.subscribe({ from: 'start', sources: ['test'], cursor: 'c', onError }, handler);
  await publish(bridge, 1, 10);
  await until('them', () => seen.length >= 10);
  await world.stop();
  const late = publish(bridge, 11, 20);
  await until('the complaint', () => errors.some(({ code }) => code === 'not_connected'));
  const tries = vi.spyOn(BusClient.prototype, 'fetch');
  onTestFinished(() => tries.mockRestore());
  await until('some more tries', () => tries.mock.calls.length >= 3);
  await world.start();
  await late;
  await until('the rest', () => seen.length >= 20);
  expect(numbersOf(seen)).toEqual(range(1, 20));
  const codes = errors.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test('what retention has removed is reported, and reading goes on behind it', async () => {
  let now = 1_000;
  const world = await World.start({
    segmentBytesMax: 64 * 1024,
    retention: { bytesMax: null, ageMax_s: 60 },
    retention_ms: 10,
    now: () => now,
  });
  const bridge = world.bridge();
  for (let first = 1; first <= 2_001; first += 500) await publish(bridge, first, first + 499);
  now += 100;
  const { first } = await until('retention', async () => {
    const hello = await world.ask((client) => client.hello());
    return hello.first > 1 && hello;
  });
  const rest = numbersOf(await world.events());
  for (const withListener of [true, false]) {
    const { seen, handler } = collector();
    const gaps: unknown[] = [];
    const listener = (gap: unknown) => gaps.push(gap);
    const subscription = bridge.subscribe(
      { from: 1, sources: ['test'], ...(withListener ? { onGap: listener } : { onError: listener }) },
      handler,
    );
    await until('the last event', () => seen.length >= rest.length);
    expect(numbersOf(seen)).toEqual(rest);
    expect(gaps).toEqual([expect.any(GapError)]);
    expect(gaps[0]).toMatchObject({ from: 1, to: first });
    await subscription.close();
  }
});

test('a cursor that somebody deletes is opened again where its reader is', async () => {
  const world = await World.start();
  const bridge = world.bridge();
  const { seen, handler } = collector();
  bridge.subscribe({ from: 'start', sources: ['test'], cursor: 'c' }, handler);
  await publish(bridge, 1, 5);
  await until('them', () => seen.length >= 5);
  await until('the commit', async () => (await world.ask((client) => client.listCursors()))[0]!.next > 1);
  await world.ask((client) => client.deleteCursor('c'));
  await publish(bridge, 6, 6);
  await until('the cursor', async () => {
    const [cursor] = await world.ask((client) => client.listCursors());
    return cursor?.next === seen.at(-1)!.seq + 1;
  });
});

describe('closing', () => {
  test('waits for the handler and commits what it has dealt with', async () => {
    const world = await World.start();
    const bridge = world.bridge();
    await publish(bridge, 1, 3);
    const finish: Array<() => void> = [];
    bridge.subscribe(
      { from: 'start', sources: ['test'], cursor: 'c' },
      () => new Promise<void>((resolve) => finish.push(resolve)),
    );
    await until('the first call', () => finish.length === 1);
    finish[0]!();
    await until('the second call', () => finish.length === 2);
    let closed = false;
    const closing = bridge.close().then(() => {
      closed = true;
    });
    await turn();
    expect(closed).toBe(false);
    finish[1]!();
    await closing;
    expect(finish).toHaveLength(2);
    const second = (await world.events())[1]!;
    expect(await world.ask((client) => client.listCursors())).toMatchObject([{ next: second.seq + 1 }]);
  });

  test('does not wait for a bus that is not there', async () => {
    const world = await World.prepare();
    const bridge = world.bridge();
    const subscription = bridge.subscribe({}, () => {});
    await subscription.close();
    await subscription.ready;
    expect(subscription.position).toBeNull();
  });

  test('of the bridge does not wait for ever for a handler that does not end', async () => {
    const unhandled = unhandledRejections();
    const world = await World.start();
    const bridge = world.bridge();
    await publish(bridge, 1, 2);
    let called = false;
    bridge.subscribe({ from: 'start', sources: ['test'] }, () => {
      called = true;
      return new Promise(() => {});
    });
    await until('the handler', () => called);
    await bridge.close({ timeout_ms: 10 });
    expect(bridge.stats().connection).toBe('closed');
    expect(unhandled).toEqual([]);
  });
});
