import { afterEach, expect, test, vi } from 'vitest';
import { unixTime } from '../src/clock.js';

afterEach(() => {
  vi.restoreAllMocks();
});

test('the time is the system’s, finer than its milliseconds', () => {
  const times = Array.from({ length: 1_000 }, unixTime);
  expect(Math.abs(times[0]! - Date.now() / 1000)).toBeLessThan(0.1);
  expect(times.some((time) => (time * 1000) % 1 > 0.001)).toBe(true);
});

test('a clock that was set, or a machine that slept, is followed', () => {
  unixTime();
  const real = Date.now;
  for (const jump_ms of [3_600_000, -3_600_000, 5]) {
    vi.spyOn(Date, 'now').mockImplementation(() => real() + jump_ms);
    expect(Math.abs(unixTime() - Date.now() / 1000)).toBeLessThan(0.003);
    vi.restoreAllMocks();
  }
});
