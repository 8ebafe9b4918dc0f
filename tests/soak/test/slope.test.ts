import { createRandom } from '@bitten/simulator';
import { describe, expect, test } from 'vitest';
import { mean, median, slopeOf } from '../slope.js';

describe('a slope', () => {
  test('of points on a line is that line, without error', () => {
    const slope = slopeOf(Array.from({ length: 10 }, (_, i) => [i, 7 - 3 * i]));
    expect(slope!.slope).toBeCloseTo(-3, 10);
    expect(slope!.error).toBeCloseTo(0, 6);
    expect(slope!.points).toBe(10);
  });

  test('and its error are those of the textbook', () => {
    // Residuals that change their sign each time: nothing to widen.
    const slope = slopeOf([
      [1, 2],
      [2, 1],
      [3, 4],
      [4, 3],
      [5, 6],
    ])!;
    expect(slope.slope).toBeCloseTo(1, 10);
    expect(slope.error).toBeCloseTo(Math.sqrt(4.8 / 3 / 10), 10);
  });

  test('is within three errors of the truth where the noise is independent', () => {
    const random = createRandom('noise');
    const noise = (): number => random.float() + random.float() + random.float() - 1.5;
    for (let round = 0; round < 50; round += 1) {
      const { slope, error } = slopeOf(
        Array.from({ length: 200 }, (_, i) => [i / 60, 100 + 5 * (i / 60) + noise()]),
      )!;
      expect(Math.abs(slope - 5)).toBeLessThan(3.5 * error);
      expect(error).toBeLessThan(0.1);
    }
  });

  test('does not take a slow wave for a trend: neighbours that agree widen the error', () => {
    const points = Array.from({ length: 300 }, (_, i) => [i / 100, 10 * Math.sin(i / 40)] as const);
    const { slope, error } = slopeOf(points)!;
    expect(Math.abs(slope)).toBeLessThan(2 * error);
  });

  test('of too few points, or of points at one place, is not known', () => {
    expect(slopeOf([])).toBeNull();
    expect(
      slopeOf([
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
    ).toBeNull();
    expect(
      slopeOf([
        [1, 1],
        [1, 2],
        [1, 3],
        [1, 4],
      ]),
    ).toBeNull();
  });
});

test('mean and median', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  expect(median([])).toBeNaN();
});
