import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outside, type Places } from '../../src/store/places.js';

const places = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 12 }))
  .map(([from, length]): Places => ({ from, to: from + length }));
const each = (list: readonly Places[]) =>
  list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));

describe('places', () => {
  it('outside of some parts are all that are in none of them, in order, as few stretches as can be', () => {
    fc.assert(
      fc.property(places, fc.array(places), (whole, parts) => {
        const stretches = outside(whole, parts);
        const taken = new Set(each(parts));
        expect(each(stretches)).toEqual(each([whole]).filter((place) => !taken.has(place)));
        for (const [i, { from, to }] of stretches.entries()) {
          expect(from).toBeLessThan(to);
          expect(from).toBeGreaterThan(stretches[i - 1]?.to ?? -1);
        }
      }),
    );
  });
});
