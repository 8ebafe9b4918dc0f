import { createRandom, type Random } from '@bitten/simulator';
import { onTestFailed } from 'vitest';

/** `BITTEN_TEST_FULL=1`: the sizes of the specification instead of those of every day. */
export const full = process.env.BITTEN_TEST_FULL === '1';

/** The everyday size, or the specification's. */
export function scaled(everyday: number, specified: number): number {
  return full ? specified : everyday;
}

/** The seed of a test's choices: `BITTEN_TEST_SEED` where it is set, else a new one; told when the test fails. */
export function testSeed(): string {
  const seed = process.env.BITTEN_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32).toString(36);
  onTestFailed(() => console.error(`the seed was ${seed}: BITTEN_TEST_SEED=${seed} chooses the same again`));
  return seed;
}

export function seeded(seed: string, purpose: string): Random {
  return createRandom(`${seed} ${purpose}`);
}

/** Rising shares of a whole, spread over its first four fifths: when in a run something is to happen. */
export function moments(random: Random, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (0.8 * (index + 0.25 + random.float() / 2)) / count);
}
