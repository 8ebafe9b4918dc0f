import { describe, expect, test } from 'vitest';
import { cpuSeconds } from '../proc.js';
import type { ProcessSample } from '../samples.js';
import { scheduleRestarts } from '../schedule.js';
import { compareLives, reportOn, trendOf } from '../verdict.js';

/** A life of so many seconds, sampled every five; memory by age. */
function life(number: number, seconds: number, rss: (age_s: number) => number): ProcessSample[] {
  return Array.from({ length: seconds / 5 }, (_, i) => ({
    kind: 'process',
    t: number * 10_000 + i * 5,
    role: 'bus',
    life: number,
    pid: number,
    age_s: i * 5,
    rss_mb: rss(i * 5) + (i % 3),
    heap_mb: null,
    descriptors: 30,
    cpu_s: i * 0.5,
    lag: i,
  }));
}

/** Grows to its size in the first minutes, and then no more. */
const grown = (age_s: number): number => 120 - 50 * Math.exp(-age_s / 40);

describe('memory', () => {
  test('that grows to its size and stays there is flat', () => {
    const { rss, descriptors, longest_s, cpu_share, lag_max } = reportOn('bus', [
      life(1, 60, grown),
      life(2, 1_800, grown),
    ]);
    expect([rss.verdict, descriptors.verdict]).toEqual(['flat', 'flat']);
    expect(longest_s).toBe(1_795);
    expect(cpu_share).toBeCloseTo(0.1, 2);
    expect(lag_max).toBe(359);
  });

  test('that grows by 40 MB an hour is not', () => {
    const { rss } = reportOn('bus', [life(1, 1_800, (age_s) => grown(age_s) + (40 * age_s) / 3_600)]);
    expect(rss.verdict).toBe('not flat');
    expect(rss.slope!.slope).toBeCloseTo(40, 0);
  });

  test('of a few minutes says nothing yet', () => {
    expect(reportOn('bus', [life(1, 180, (age_s) => 80 + age_s)]).rss.verdict).toBe('too short to tell');
    const wild = Array.from({ length: 100 }, (_, i) => [i * 10, i % 2 === 0 ? 50 : 90] as const);
    expect(trendOf(wild, 1).verdict).toBe('too short to tell');
  });

  test('of a later life is compared at the same age', () => {
    const lives = [life(1, 300, grown), life(2, 100, grown), life(3, 1_800, (age_s) => grown(age_s) + 30)];
    expect(compareLives(lives)).toBeCloseTo(30, 0);
    expect(compareLives(lives.slice(0, 1))).toBeNull();
  });
});

test('restarts come within the first half, each role as often as the others, and again with the same seed', () => {
  const options = { roles: ['bus', 'collector'], restarts: 3, duration_s: 600, seed: 'a' };
  const plan = scheduleRestarts(options);
  expect(plan).toHaveLength(6);
  expect(plan.filter(({ role }) => role === 'bus')).toHaveLength(3);
  expect(plan.every(({ at_s }, i) => at_s > (plan[i - 1]?.at_s ?? 0) && at_s < 300)).toBe(true);
  expect(scheduleRestarts(options)).toEqual(plan);
});

test('CPU time is read behind the name, whatever that holds', () => {
  const fields = Array.from({ length: 52 }, (_, i) => i + 1);
  const stat = `1 (node) x) ${['S', ...fields.slice(3)].join(' ')}`;
  expect(cpuSeconds(stat)).toBeCloseTo((14 + 15) / 100, 10);
});
