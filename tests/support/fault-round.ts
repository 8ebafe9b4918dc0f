import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, noTally, playRound, type Round, type Tally } from '@bitten/proof';
import { onTestFailed, onTestFinished } from 'vitest';

/** Plays faults upon a system of this test's own; its folder goes when the test has finished. */
export async function faultRound({
  seed,
  faults,
}: {
  seed: string;
  faults: readonly Fault[];
}): Promise<Round & { tally: Tally }> {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-fault-'));
  let tails = '';
  onTestFailed(() => console.error(tails));
  onTestFinished(() => {
    if (process.env.BITTEN_TEST_KEEP !== '1') rmSync(dir, { recursive: true, force: true });
  });
  const tally = noTally();
  const round = await playRound({ dir, seed, faults, tally });
  tails = round.tails;
  return { ...round, tally };
}
