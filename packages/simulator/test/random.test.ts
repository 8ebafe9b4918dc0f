import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/random.js';

describe('createRandom', () => {
  it('gives the numbers of mulberry32', () => {
    // From the author's reference implementation, seed 12345.
    const random = createRandom(12345);
    expect([random.float(), random.float(), random.float()]).toEqual([
      0.9797282677609473, 0.3067522644996643, 0.484205421525985,
    ]);
  });

  it('gives the same for the same text and another for another', () => {
    const draw = (seed: string) => Array.from({ length: 5 }, createRandom(seed).float);
    expect(draw('monday')).toEqual(draw('monday'));
    expect(draw('monday')).not.toEqual(draw('tuesday'));
  });

  it('reaches both ends of a range of integers and nothing beyond', () => {
    const random = createRandom(1);
    const drawn = new Set(Array.from({ length: 500 }, () => random.integer(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  });

  it('shuffles without losing anything and without touching the list', () => {
    const list = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = createRandom(1).shuffle(list);
    expect(list).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled).not.toEqual(list);
    expect([...shuffled].sort()).toEqual(list);
  });
});
