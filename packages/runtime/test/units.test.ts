import { describe, expect, it } from 'vitest';
import { nearestName } from '../src/settings/nearest.js';
import { formatQuantity, parseQuantity } from '../src/settings/units.js';

describe('parseQuantity', () => {
  it.each(['', 'MiB', '1M', '1 m', '5d', '1e', '0x10', '12abc', '--1', 'NaN', 'Infinity'])(
    'refuses "%s" as a size',
    (text) => expect(parseQuantity(text, 'bytes')).toBeUndefined(),
  );

  it('takes suffixes only where they have a meaning', () => {
    expect(parseQuantity('5ms', undefined)).toBeUndefined();
    expect(parseQuantity('5KiB', 'seconds')).toBeUndefined();
    expect(parseQuantity('5', undefined)).toBe(5);
  });

  it('reads what formatQuantity writes', () => {
    for (const bytes of [0, 1, 999, 1000, 1024, 5_000_000, 64 * 1024 ** 2, 10 ** 12]) {
      expect(parseQuantity(formatQuantity(bytes, 'bytes'), 'bytes')).toBe(bytes);
    }
    for (const seconds of [0, 0.005, 1, 90, 3600, 86_400, 100_000]) {
      expect(parseQuantity(formatQuantity(seconds, 'seconds'), 'seconds')).toBe(seconds);
      expect(parseQuantity(formatQuantity(seconds, 'milliseconds'), 'milliseconds')).toBe(seconds);
    }
  });
});

describe('nearestName', () => {
  it('finds the name behind a slip and behind another spelling, and does not guess wildly', () => {
    const known = ['dataDir', 'pubPort', 'pullPort', 'logLevel'];
    expect(nearestName('data_dir', known)).toBe('dataDir');
    expect(nearestName('pullPrt', known)).toBe('pullPort');
    expect(nearestName('loglvl', known)).toBe('logLevel');
    expect(nearestName('retention', known)).toBeUndefined();
  });
});
