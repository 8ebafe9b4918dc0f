import { describe, expect, test } from 'vitest';
import { runCase } from './run-case.js';
import { targets } from './targets/index.js';

/** A slice of `pnpm fuzz`: fresh cases at every run, for about half a second a decoder. */
const seed = Number(process.env.BITTEN_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const slice_ms = 400;

describe(`a slice of the fuzz run, BITTEN_TEST_SEED=${seed}`, () => {
  test.each(targets.map((target) => [target.name, target] as const))('%s', async (_name, target) => {
    const end = performance.now() + slice_ms;
    for (let index = 0; index < target.samples.length || performance.now() < end; index += 1) {
      expect(await runCase(target, { seed, index }), `seed ${seed}`).toBeUndefined();
    }
  });
});
