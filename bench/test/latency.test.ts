import { expect, test } from 'vitest';
import { latencies, percentiles } from '../src/measure/latency.js';
import { seenAt } from '../src/measure/store-watch.js';

test('percentiles of 1 to 1000 ms, to three digits', () => {
  const { p50, p99 } = percentiles(Array.from({ length: 1_000 }, (_, index) => index + 1));
  expect(p50 / 500).toBeCloseTo(1, 2);
  expect(p99 / 990).toBeCloseTo(1, 2);
});

test('microseconds are told apart', () => {
  const { p50 } = percentiles([0.001, 0.002, 0.003]);
  expect(p50).toBeCloseTo(0.002, 4);
});

test('a latency counts from when the event was due', () => {
  const schedule = { due_ms: Float64Array.of(10, 20), seqs: Float64Array.of(7, 8) };
  const seen = new Map([
    [7, 15],
    [8, 40],
  ]);
  expect([...latencies(schedule, (seq) => seen.get(seq))]).toEqual([5, 20]);
});

test('an event that was never seen is not left out in silence', () => {
  const schedule = { due_ms: Float64Array.of(10), seqs: Float64Array.of(7) };
  expect(() => latencies(schedule, () => undefined)).toThrow('event 7');
});

test('a place was seen at the first look that was past it', () => {
  const sightings = { at_ms: [100, 200, 300], next: [5, 6, 9], pauses_ms: [] };
  expect(seenAt(sightings, 1)).toBe(100);
  expect(seenAt(sightings, 4)).toBe(100);
  expect(seenAt(sightings, 5)).toBe(200);
  expect(seenAt(sightings, 8)).toBe(300);
  expect(seenAt(sightings, 9)).toBeUndefined();
});
