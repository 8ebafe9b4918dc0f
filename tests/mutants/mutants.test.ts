import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locate, mutations, runMutants, UnknownMutationError } from '@bitten/proof';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { full, testSeed } from '../support/scale.js';

/** The rest of them, and these on the code as it is, are played by `pnpm mutants`. */
const everyday = [
  'fsync-removed',
  'ack-before-fsync',
  'cursor-outside-transaction',
  'dedupe-off',
  'crc-unchecked',
  'spool-cleared-early',
];

// What a broken system never comes to is waited for as well.
beforeAll(() => void vi.stubEnv('BITTEN_PATIENCE_MS', '25000'));
afterAll(() => void vi.unstubAllEnvs());

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-mutants-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test.each(mutations)('what $name would change is in the build, once', (mutation) => {
  expect(locate(mutation).length).toBe(mutation.changes.length);
});

test('a name that no mutation has is refused before anything is played', async () => {
  await expect(runMutants({ dir: folder(), seed: 's', names: ['none-such'] })).rejects.toThrow(
    UnknownMutationError,
  );
});

describe('the suite notices', () => {
  const played = full ? mutations : mutations.filter(({ name }) => everyday.includes(name));
  test.each(played)('$name: $what', { timeout: 180_000 }, async ({ name }) => {
    const results = await runMutants({
      dir: folder(),
      seed: testSeed(),
      names: [name],
      baseline: full,
    });
    for (const { mutation, violations, asExpected } of results) {
      expect(
        asExpected,
        `${mutation ?? 'the code as it is'}: ${violations.join('\n') || 'nothing noticed'}`,
      ).toBe(true);
    }
  });
});
