import { expect, test } from 'vitest';
import { formatLimit, formatSummary, formatValue, summarize } from '../src/figures.js';

test('runs are brought together as median, lowest and highest', () => {
  expect(summarize([30, 10, 20])).toEqual({ median: 20, lowest: 10, highest: 30, runs: 3 });
  expect(summarize([40, 10, 20, 30])).toMatchObject({ median: 25 });
  expect(summarize([])).toBeUndefined();
});

test('values are printed with three digits that count', () => {
  expect(formatValue(123_456, 'events/s')).toBe('123k/s');
  expect(formatValue(5_432_100, 'events/s')).toBe('5.43M/s');
  expect(formatValue(999_700, 'events/s')).toBe('1.00M/s');
  expect(formatValue(0.4567, 'ms')).toBe('0.46 ms');
  expect(formatValue(99.96, '%')).toBe('100 %');
  expect(formatValue(206.2, 'MB/M')).toBe('206 MB');
});

test('one run is printed alone, several with their range', () => {
  expect(formatSummary({ median: 20, lowest: 10, highest: 30, runs: 3 }, 'ms')).toBe(
    '20.0 ms (10.0 to 30.0)',
  );
  expect(formatSummary({ median: 20, lowest: 20, highest: 20, runs: 1 }, 'ms')).toBe('20.0 ms');
});

test('a limit is printed as it was set', () => {
  expect(formatLimit(120_000, 'events/s')).toBe('120k/s');
  expect(formatLimit(0.45, 'ms')).toBe('0.45 ms');
  expect(formatLimit(0.85, '×')).toBe('0.85');
});
