import { expect, test } from 'vitest';
import { budget, describeMust, judge } from '../src/budget.js';
import { scenarios } from '../src/scenarios/index.js';

const once = (value: number) => ({ median: value, lowest: value, highest: value, runs: 1 });

test('what must be at least so much is met from there on', () => {
  const must = { figure: 'stored.rate', at_least: 100 } as const;
  expect(judge(must, once(100), true)).toEqual({ verdict: 'met', ratio: 1 });
  expect(judge(must, once(50), true)).toEqual({ verdict: 'not met', ratio: 0.5 });
});

test('what must be at most so much is met up to there', () => {
  const must = { figure: 'call.p50', at_most: 5 } as const;
  expect(judge(must, once(5), true).verdict).toBe('met');
  expect(judge(must, once(10), true)).toEqual({ verdict: 'not met', ratio: 2 });
});

test('the median is judged, not the best run', () => {
  const summary = { median: 6, lowest: 4, highest: 9, runs: 3 };
  expect(judge({ figure: 'call.p50', at_most: 5 }, summary, true).verdict).toBe('not met');
});

test('without a measurement there is no verdict, and it says why', () => {
  const must = { figure: 'cpu.idle.bus', at_most: 0.5 } as const;
  expect(judge(must, undefined, false)).toEqual({ verdict: 'not run' });
  expect(judge(must, undefined, true)).toEqual({ verdict: 'not here' });
  expect(judge({ ...must, not_yet: 'because' }, undefined, true)).toEqual({ verdict: 'not yet' });
});

test('every must is measured by a scenario, or says why nothing can measure it yet', () => {
  const recorded = new Set(scenarios.flatMap(({ figures }) => figures));
  const missing = budget
    .flatMap(({ musts }) => musts)
    .filter(({ figure, not_yet }) => not_yet === undefined && !recorded.has(figure));
  expect(missing).toEqual([]);
});

test('a must is described by its label and limit', () => {
  expect(describeMust({ figure: 'receipt.1k.p99', at_most: 1.5, label: 'p99' })).toBe('p99 ≤ 1.5 ms');
  expect(describeMust({ figure: 'acks.rate', at_least: 150_000 })).toBe('≥ 150k/s');
});
