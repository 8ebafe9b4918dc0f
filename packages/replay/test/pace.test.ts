import { describe, expect, test } from 'vitest';
import { BadSpeedError, Pace, type PaceOptions } from '../src/pace.js';
import { SimulatedTime } from './support/simulated-time.js';

const t0 = 1_792_681_200;

function paceAt(options: Omit<PaceOptions, 'now'> = {}): { pace: Pace; time: SimulatedTime } {
  const time = new SimulatedTime();
  return { pace: new Pace({ ...options, now: time.now }), time };
}

describe('places', () => {
  test('are the milliseconds since the first event', () => {
    const { pace } = paceAt();
    expect([t0, t0 + 0.25, t0 + 2].map((time) => pace.placeOf(time))).toEqual([0, 250, 2_000]);
  });

  test('never go back where an event says it happened before the one it follows', () => {
    const { pace } = paceAt();
    const times = [t0, t0 + 2, t0 - 3_600, t0 + 1, t0 + 3];
    expect(times.map((time) => pace.placeOf(time))).toEqual([0, 2_000, 2_000, 2_000, 3_000]);
  });

  test('are cut where a gap is longer than it may be', () => {
    const { pace } = paceAt({ gap_ms_max: 5_000 });
    const weekend = 48 * 3600;
    expect([t0, t0 + 1, t0 + weekend, t0 + weekend + 4].map((time) => pace.placeOf(time))).toEqual([
      0, 1_000, 6_000, 10_000,
    ]);
  });
});

describe('time in the replay', () => {
  test.each([
    [1, 2_000],
    [10, 200],
    [0.5, 4_000],
  ])('at speed %d reaches two seconds after %d ms', async (speed, expected) => {
    const { pace, time } = paceAt({ speed });
    expect(pace.wait_ms(2_000)).toBe(expected);
    await time.advance(expected - 1);
    expect(pace.wait_ms(2_000)).toBe(1);
    await time.advance(1);
    expect(pace.wait_ms(2_000)).toBe(0);
  });

  test('does not matter at full speed', () => {
    expect(paceAt({ speed: 'max' }).pace.wait_ms(1e9)).toBe(0);
  });

  test('goes on from where it is when the speed changes', async () => {
    const { pace, time } = paceAt();
    await time.advance(1_000);
    pace.speed = 10;
    expect(pace.wait_ms(2_000)).toBe(100);
    await time.advance(50);
    pace.speed = 1;
    expect(pace.wait_ms(2_000)).toBe(500);
    pace.speed = 'max';
    expect(pace.wait_ms(2_000)).toBe(0);
    pace.speed = 2;
    expect(pace.wait_ms(2_000)).toBe(250);
  });

  test('stands still while it is paused', async () => {
    const { pace, time } = paceAt();
    await time.advance(500);
    pace.pause();
    await time.advance(60_000);
    expect(pace.wait_ms(1_000)).toBe(Number.POSITIVE_INFINITY);
    pace.resume();
    expect(pace.wait_ms(1_000)).toBe(500);
  });

  test('is moved to an event that is played before its time', () => {
    const { pace } = paceAt();
    pace.reach(60_000);
    expect(pace.wait_ms(61_000)).toBe(1_000);
  });

  test('catches up with what is a little late, and waits for what is later than that', () => {
    const { pace, time } = paceAt();
    time.lose(1_500);
    pace.reach(1_000);
    expect(pace.wait_ms(2_000)).toBe(500);
    time.lose(30_000);
    pace.reach(2_000);
    expect(pace.wait_ms(3_000)).toBe(1_000);
  });

  test('counts how late it is as whoever watches does, at any speed', () => {
    const { pace, time } = paceAt({ speed: 100 });
    time.lose(900);
    pace.reach(0);
    expect(pace.wait_ms(90_000)).toBe(0);
  });

  test('does not wait for what comes after a leap', () => {
    const { pace } = paceAt();
    pace.placeOf(t0);
    pace.skip();
    expect(pace.wait_ms(pace.placeOf(t0 + 3_600))).toBe(0);
    expect(pace.wait_ms(pace.placeOf(t0 + 3_601))).toBe(1_000);
  });
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%d is no speed', (speed) => {
  expect(() => paceAt({ speed })).toThrow(BadSpeedError);
  const { pace } = paceAt();
  expect(() => {
    pace.speed = speed;
  }).toThrow(BadSpeedError);
  expect(pace.speed).toBe(1);
});
