import { UsageError } from '@bitten/runtime';
import { describe, expect, test } from 'vitest';
import {
  formatDuration,
  formatTime,
  parseDuration,
  parseMoment,
  readOffset,
  readTimestamp,
} from '../src/time.js';

describe('readTimestamp', () => {
  test.each([
    ['2025-08-21T17:58:37.730103', 1755799117.730103],
    ['2025-08-21T17:58:37Z', 1755799117],
    ['2025-08-21 17:58:37+00:00', 1755799117],
    ['2025-08-21T19:58:37+02:00', 1755799117],
    ['2025-08-21T12:58:37.5-0500', 1755799117.5],
    ['2025-08-21', 1755734400],
    ['1755799117.73', 1755799117.73],
    [1755799117.73, 1755799117.73],
    [1755799117730, 1755799117.73],
  ])('reads %s', (value, seconds) => {
    expect(readTimestamp(value)).toBe(seconds);
  });

  test.each([
    '',
    'yesterday',
    '2025-13-01',
    '2025-02-30T00:00',
    '2025-08-21T25:00',
    '2025-08-21T17:58:37+99:00',
  ])('refuses %s', (text) => {
    expect(readTimestamp(text)).toBeUndefined();
  });

  test.each([0, -5, Number.NaN, null, undefined, {}, true])('refuses %s', (value) => {
    expect(readTimestamp(value)).toBeUndefined();
  });
});

test('an offset is seconds east of UTC', () => {
  expect(readOffset('+02:00')).toBe(7200);
  expect(readOffset('-0530')).toBe(-19_800);
  expect(readOffset('Z')).toBe(0);
  expect(readOffset('5')).toBeUndefined();
});

test('a duration without a unit counts seconds', () => {
  expect(parseDuration('10ms', '--sleep')).toBe(10);
  expect(parseDuration('2', '--sleep')).toBe(2000);
  expect(parseDuration('1h', '--sleep')).toBe(3_600_000);
  expect(() => parseDuration('soon', '--sleep')).toThrow(UsageError);
  expect(() => parseDuration('-1s', '--sleep')).toThrow(UsageError);
});

describe('parseMoment', () => {
  const now = 1_755_799_117;

  test('takes a duration as that long ago', () => {
    expect(parseMoment('1h', '--since', now)).toBe(now - 3600);
    expect(parseMoment('now', '--since', now)).toBe(now);
  });

  test('takes a time with a zone as it is, and one without as local', () => {
    expect(parseMoment('2025-08-21T17:58:37Z', '--since', now)).toBe(now);
    const local = new Date(2025, 7, 21, 17, 58).getTime() / 1000;
    expect(parseMoment('2025-08-21T17:58', '--since', now)).toBe(local);
  });

  test('takes Unix seconds, but no number that lacks its unit', () => {
    expect(parseMoment(String(now), '--since', now)).toBe(now);
    for (const text of ['10', '0', '1.5', '20250821']) {
      expect(() => parseMoment(text, '--since', now)).toThrow(
        expect.objectContaining({ remedy: expect.stringContaining(`${text}s, ${text}min, ${text}h`) }),
      );
    }
  });

  test('is not put off by white space around it', () => {
    expect(parseMoment(` ${now}\t`, '--since', now)).toBe(now);
    expect(parseMoment('\t175795959595959595957318.5', '--since', now)).toBeGreaterThan(now);
  });

  test('names the flag when it cannot be read', () => {
    expect(() => parseMoment('last tuesday', '--until', now)).toThrow(/--until/);
  });
});

test('today needs no date', () => {
  const noon = new Date(2025, 7, 21, 12, 0, 0, 45).getTime() / 1000;
  expect(formatTime(noon, noon + 60)).toBe('12:00:00.045');
  expect(formatTime(noon, noon + 86_400)).toBe('2025-08-21 12:00:00.045');
  expect(formatTime(Number.NaN, noon)).toBe('NaN');
});

test('a duration shows its two largest parts', () => {
  expect(formatDuration(0.25)).toBe('250 ms');
  expect(formatDuration(2.44)).toBe('2.4 s');
  expect(formatDuration(3725)).toBe('1 h 2 min');
  expect(formatDuration(86_400)).toBe('1 d');
});
