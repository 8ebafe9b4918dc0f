import { expect, test } from 'vitest';
import { readOptions } from '../src/options.js';

test('without options everything is measured three times at the usual size', () => {
  expect(readOptions([])).toMatchObject({ scale: 'usual', only: [], runs: 3, request: 'run' });
});

test('pnpm hands on the -- it was given', () => {
  expect(readOptions(['--', '--quick'])).toMatchObject({ scale: 'quick', runs: 1 });
});

test('scenarios are named one by one, together, or with commas', () => {
  expect(readOptions(['--only', 'acks', 'live']).only).toEqual(['acks', 'live']);
  expect(readOptions(['--only', 'acks,live', '--only', 'raw']).only).toEqual(['acks', 'live', 'raw']);
});

test.each([
  [['--only', 'nothing'], 'no scenario nothing'],
  [['acks'], 'after --only'],
  [['--runs', '0'], '1 to 100'],
  [['--quick', '--full'], 'exclude'],
  [['--fast'], '--fast'],
])('%j is refused with a reason', (argv, reason) => {
  expect(() => readOptions(argv)).toThrow(reason);
});
