import type { FetchReply } from '@bitten/transport';
import { expect, test } from 'vitest';
import { lag_s_max, Progress } from '../src/progress.js';

/** Progress on a clock of its own, and what it has noted. */
function start() {
  const clock = { now: 1_000 };
  const noted: string[] = [];
  const note = (what: string) => (log: string, seconds: number) =>
    void noted.push(`${what} ${log} ${seconds}`);
  const lag = note('lag');
  const progress = new Progress({ apply: undefined, lag }, () => clock.now);
  return { clock, noted, progress, codes: () => progress.notReady().map(({ code }) => code) };
}

function page(from: number, next: number, more: { end?: number; appendedAt?: number } = {}): FetchReply {
  const { end = next, appendedAt = 990 } = more;
  return { from, next, end, runs: [[from, next - from, appendedAt]], body: Buffer.alloc(0) };
}

test('nobody is ready before the bus has been reached', () => {
  const { progress, codes } = start();
  expect(codes()).toEqual(['not_following', 'not_following']);
  progress.begin('events', 1);
  expect(codes()).toEqual(['not_following']);
  progress.begin('dead_letters', 1);
  expect(codes()).toEqual([]);
});

test('a page that cannot be stored leaves what waits, and for how long', () => {
  const { clock, noted, progress, codes } = start();
  progress.begin('events', 1);
  progress.begin('dead_letters', 1);
  expect(() =>
    progress.store('events', page(1, 11, { end: 21 }), () => {
      throw new Error('locked');
    }),
  ).toThrow('locked');
  clock.now = 1_005;
  expect(progress.of('events')).toMatchObject({ lag: 20, lag_s: 15, fetched: 10 });
  progress.stops('events', 'locked');
  expect(progress.notReady()).toMatchObject([{ code: 'not_following', since: 1_005 }]);
  progress.goesOn('events');
  expect(codes()).toEqual([]);
  progress.store('events', page(1, 21), () => {});
  expect(progress.of('events')).toMatchObject({ lag: 0, lag_s: 0, fetched: 30 });
  expect(noted).toEqual(['lag events 15']);
});

test('who is behind for too long is not ready, until the end is reached', () => {
  const { clock, progress, codes } = start();
  progress.begin('events', 1);
  progress.begin('dead_letters', 1);
  progress.store('events', page(1, 11, { end: 1_000, appendedAt: 990 }), () => {});
  expect(progress.of('events')).toMatchObject({ lag: 989, lag_s: 10 });
  clock.now = 990 + lag_s_max;
  expect(codes()).toEqual([]);
  clock.now += 1;
  expect(codes()).toEqual(['behind']);
  progress.store('events', page(11, 1_000, { appendedAt: 995 }), () => {});
  expect(codes()).toEqual([]);
});
