import { expect, test } from 'vitest';
import { type FigureName, summarize } from '../src/figures.js';
import { checkGuards } from '../src/guard.js';

function results(values: Partial<Record<FigureName, number>>) {
  const summaries = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, summarize([value])]),
  );
  return checkGuards(summaries);
}

test('what was not measured breaks nothing', () => {
  expect(results({})).toEqual([]);
  expect(results({ 'acks.rate': 100_000 })).toEqual([]);
});

test('a ratio of the run itself breaks when one of the two has become far worse', () => {
  const healthy = results({ 'replay.rate': 300_000, 'raw.parse': 700_000 });
  expect(healthy.map(({ holds }) => holds)).toEqual([true]);
  const broken = results({ 'replay.rate': 30_000, 'raw.parse': 700_000 });
  expect(broken.map(({ holds }) => holds)).toEqual([false]);
  expect(broken[0]?.text).toContain('must be ≥');
});

test('a receipt is held against what one round trip and one durable write cost here', () => {
  const floor = { 'raw.round_trip.p50': 0.1, 'raw.sync.dsync.p50': 0.1 };
  expect(results({ ...floor, 'receipt.1k.called.p50': 0.5 })[0]?.holds).toBe(true);
  expect(results({ ...floor, 'receipt.1k.called.p50': 10 })[0]?.holds).toBe(false);
});
