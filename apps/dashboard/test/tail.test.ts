import { GapError } from '@bitten/schema';
import { type FetchReply, joinEvents } from '@bitten/transport';
import { expect, onTestFinished, test } from 'vitest';
import type { TailFrame } from '../src/api/index.js';
import { LogFeed } from '../src/live/log-feed.js';
import { Tail } from '../src/live/tail.js';
import { until } from './support/system.js';

type Given = FetchReply | Error;

/** Places `from` up to, not including, `next` of a log that ends at `end`, an event each. */
function page(from: number, next: number, { end = next, type = 'tick' } = {}): FetchReply {
  const texts = Array.from({ length: next - from }, (_, n) =>
    JSON.stringify({ event_type: type, timestamp: 1, source: 'test', data: { n: from + n } }),
  );
  return {
    from,
    next,
    end,
    runs: texts.length === 0 ? [] : [[from, texts.length, 5]],
    body: joinEvents(texts),
  };
}

/** A log that answers when it is told to: the feed's pages, and those of a tail that catches up. */
function makeTail({ after, filter = {}, end = 10 }: { after?: number; filter?: object; end?: number } = {}) {
  const asked: Array<(given: Given) => void> = [];
  const feed = new LogFeed({
    fetch: () =>
      new Promise((resolve, reject) => {
        asked.push((given) => (given instanceof Error ? reject(given) : resolve(given)));
      }),
    end: async () => end,
  });
  const caughtUp: number[] = [];
  let clock_ms = 0;
  const tail = new Tail({
    feed,
    filter,
    after,
    fetch: async (from) => {
      caughtUp.push(from);
      return page(from, Math.min(from + 5, 14), { end: 14 });
    },
    end: async () => 14,
    now: () => clock_ms,
  });
  onTestFinished(() => tail.close());
  const frames: TailFrame[] = [];
  return {
    tail,
    feed,
    caughtUp,
    frames,
    /** What the bus answers the feed. */
    give: async (given: Given) => {
      await until(() => asked.length > 0);
      asked.shift()!(given);
    },
    pass: (ms: number) => {
      clock_ms += ms;
    },
    take: () => {
      const frame = tail.take();
      if (frame !== null) frames.push(frame);
      return frame;
    },
    shown: () => frames.flatMap(({ events }) => events.map(({ seq }) => seq)),
  };
}

test('what the feed tells again of what was caught up with is not shown twice', async () => {
  const { caughtUp, feed, give, pass, shown, tail, take } = makeTail({ after: 3, end: 10 });
  await until(() => feed.position === 10 && caughtUp.length >= 2);
  take();
  // The feed began at 10, the tail has read up to 13 by itself.
  await give(page(10, 18));
  await until(() => feed.position === 18);
  pass(1_000);
  take();
  expect(shown()).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
  expect(tail.lastSeen).toBe(17);
});

test('so many a second are shown, the newest of them; the others are counted', async () => {
  const { feed, frames, give, pass, take } = makeTail();
  await give(page(10, 310));
  await until(() => feed.position === 310);
  expect(take()!.events).toHaveLength(100);
  pass(250);
  await give(page(310, 610));
  await until(() => feed.position === 610);
  const second = take()!;
  expect(second.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, n) => 560 + n));
  expect(frames.reduce((sum, { events, passed_over }) => sum + events.length + passed_over, 0)).toBe(600);
});

test('a frame that could not be sent is told as what was passed over', async () => {
  const { feed, give, take, tail } = makeTail();
  await give(page(10, 15));
  await until(() => feed.position === 15);
  tail.giveBack(take()!);
  expect(take()).toEqual({ events: [], passed_over: 5, gap: null });
  expect(take()).toBeNull();
});

test.each([
  ['everything passes: they are counted', {}, { passed_over: 89_000 }],
  [
    'nobody knows which would pass: they are told as unread',
    { types: ['tick'] },
    { passed_over: 0, unread: 89_000 },
  ],
])('far behind, the rest is not read; where %s', async (_, filter, told) => {
  const { feed, give, take } = makeTail({ filter });
  await give(page(10, 11, { end: 90_011 }));
  await until(() => feed.position === 89_011);
  const frame = take()!;
  expect(frame.events.map(({ seq }) => seq)).toEqual([10]);
  expect(frame).toMatchObject(told);
});

test('what retention has removed is told as a gap, and reading goes on behind it', async () => {
  const { feed, give, take } = makeTail();
  await give(new GapError(10, 40, 'retention'));
  await until(() => feed.position === 40);
  await give(page(40, 41));
  await until(() => feed.position === 41);
  const frame = take()!;
  expect(frame.gap).toEqual({ from: 10, to: 40 });
  expect(frame.events.map(({ seq }) => seq)).toEqual([40]);
});
