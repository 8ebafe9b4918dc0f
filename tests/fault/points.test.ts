import { chooseFaults, crashPlaces, type Fault, pointFault } from '@bitten/proof';
import { createRandom } from '@bitten/simulator';
import { describe, expect, test } from 'vitest';
import { faultRound } from '../support/fault-round.js';

/** Fixed, so that every run of the tests dies at the same occurrences; fresh seeds are for `story.test.ts`. */
const seed = 'crash points';
const pointsARound = 8;

/** All crash points, in the order of the list, some to a round. */
function roundsOfPoints(): Array<{ names: string; faults: Fault[] }> {
  const random = createRandom(seed);
  const faults = crashPlaces.map((place) => pointFault(random, place));
  return Array.from({ length: Math.ceil(faults.length / pointsARound) }, (_, index) => {
    const some = faults.slice(index * pointsARound, (index + 1) * pointsARound);
    return {
      names: some.map((fault) => (fault.kind === 'point' ? fault.point : '')).join(', '),
      faults: some,
    };
  });
}

describe('killed at every named place, one after the other: nothing acknowledged is lost, doubled or reordered', () => {
  test.each(roundsOfPoints())('$names', async ({ faults }) => {
    const { verdict, tally } = await faultRound({ seed, faults });
    expect(verdict.violations).toEqual([]);
    expect(verdict.ok).toBe(true);
    for (const fault of faults) {
      if (fault.kind === 'point') expect(tally.killsByPoint[fault.point], fault.point).toBeGreaterThan(0);
    }
    expect(verdict.counts.acknowledged, 'there was something to lose').toBeGreaterThan(1_000);
  });
});

test('the same seed chooses the same faults', () => {
  const choose = (of: string) =>
    chooseFaults(createRandom(of), { count: 100, kinds: ['point', 'kill', 'net', 'corrupt'] });
  expect(choose('one')).toEqual(choose('one'));
  expect(choose('one')).not.toEqual(choose('another'));
});
