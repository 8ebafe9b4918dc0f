import { expect, test } from 'vitest';
import { spread } from '../src/state/history.js';

const hour = 3_600;

function volume(at: number[], ...columns: number[][]) {
  return { at, step_s: hour, series: Object.fromEntries(columns.map((column, i) => [`type-${i}`, column])) };
}

test('an hour is spread evenly over the steps it touches, all types together', () => {
  const counts = spread(volume([0, hour], [60, 0], [60, 240]), { from: 0, width: hour / 2, steps: 4 });
  expect(counts).toEqual([60, 60, 120, 120]);
});

test('the hours at both ends lie wholly in what history there is', () => {
  // History begins at half past: what the first hour has happened after that.
  const counts = spread(volume([0, hour], [100], [200, 50]), { from: hour / 2, width: hour / 2, steps: 2 });
  expect(counts).toEqual([300, 50]);
});

test('steps longer than an hour sum theirs', () => {
  const counts = spread(volume([0, hour, 2 * hour, 3 * hour], [1, 2, 3, 4]), {
    from: 0,
    width: 2 * hour,
    steps: 2,
  });
  expect(counts).toEqual([3, 7]);
});
