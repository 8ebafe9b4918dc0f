import { chooseFaults, type FaultKind } from '@bitten/proof';
import { createRandom } from '@bitten/simulator';
import { describe, expect, test } from 'vitest';
import { faultRound } from '../support/fault-round.js';
import { scaled, testSeed } from '../support/scale.js';

const stories: Array<{ kinds: FaultKind[]; count: number }> = [
  { kinds: ['kill', 'point'], count: scaled(15, 200) },
  { kinds: ['corrupt', 'kill'], count: scaled(6, 60) },
  { kinds: ['net', 'freeze', 'clock', 'full'], count: scaled(6, 60) },
];

describe('a story of faults from a fresh seed', () => {
  test.each(stories)('$kinds', async ({ kinds, count }) => {
    const seed = testSeed();
    const faults = chooseFaults(createRandom(seed), { count, kinds });
    const { verdict } = await faultRound({ seed, faults });
    expect(verdict.violations).toEqual([]);
    expect(verdict.ok).toBe(true);
    expect(verdict.counts.acknowledged, 'there was something to lose').toBeGreaterThan(1_000);
  });
});
