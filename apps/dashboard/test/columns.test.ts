import { expect, test } from 'vitest';
import { columnOf } from '../src/analytics/columns.js';

const hour = 3_600;
const day = 24 * hour;

test('a column of volume is an hour, or longer where the time would have too many, and always one with a name', () => {
  const lengths = [0, hour, 14 * day, 15 * day, 50 * day, 200 * day, 336 * day, 337 * day, 4_000 * day];
  const columns = lengths.map((length) => columnOf({ from: 1_000, to: 1_000 + length }) / hour);
  expect(columns).toEqual([1, 1, 1, 2, 4, 24, 24, 48, 288]);
});
