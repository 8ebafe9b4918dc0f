import { expect, test } from 'vitest';
import { parseOptions } from '../src/faults-options.js';

test('without a word it is a minute of all kinds; with kills there is no end in time', () => {
  expect(parseOptions(['--', '--seed', 'x'])).toMatchObject({ minutes: 1, seed: 'x', json: false });
  expect(parseOptions(['--kills', '3'])).not.toHaveProperty('minutes');
});

test.each([
  [['--kils', '3'], /--kils/],
  [['--kills', '0'], /--kills: expected a number from 1 on, found 0/],
  [['--kills', 'many'], /--kills: .*found many/],
  [['--minutes=-1'], /--minutes: expected a number from 0.1 on, found -1/],
  [['--minutes='], /--minutes/],
  [['--only', 'earthquake'], /--only: .*found earthquake/],
])('%j is refused, and said why', (argv, why) => {
  expect(() => parseOptions(argv)).toThrow(why);
  expect(() => parseOptions(argv)).toThrow(TypeError);
});
