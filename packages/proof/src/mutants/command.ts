// `pnpm mutants [NAME…]`: breaks the built code on purpose, one mistake after the other, and expects the suite to
// notice each. Ends with 1 where one survives, or where the code as it is is found wrong; with 2 for a wrong name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutations } from './mutations.js';
import { type MutantResult, runMutants, UnknownMutationError } from './run-mutants.js';

const usage = `pnpm mutants [NAME…]: breaks the built code on purpose, and expects the suite to notice each mistake

  NAME      one mistake, or several (default: all): ${mutations.map(({ name }) => name).join(', ')}
  --help    show this text

Exit code 0: each was noticed. 1: one survived, or the code as it is was found wrong. 2: called wrongly.
`;

const names = process.argv.slice(2).filter((name) => name !== '--');
if (names.includes('--help') || names.includes('-h')) {
  process.stdout.write(usage);
  process.exit();
}

const seed = process.env.BITTEN_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32).toString(36);
const dir = mkdtempSync(join(tmpdir(), 'bitten-mutants-'));
// A system that is broken on purpose may never get where it is waited for; its suite waits longer.
process.env.BITTEN_PATIENCE_MS ??= '25000';

console.info(`seed ${seed}`);
try {
  const results = await runMutants({
    dir,
    seed,
    ...(names.length === 0 ? {} : { names }),
    onResult: (result) => console.info(lineOf(result)),
  });
  const wrong = results.filter(({ asExpected }) => !asExpected);
  const caught = results.filter(({ mutation, asExpected }) => mutation !== null && asExpected);
  console.info(`${caught.length} of ${results.filter((each) => each.mutation !== null).length} caught`);
  for (const { mutation, case: name, violations } of wrong) {
    console.error(
      mutation === null
        ? `the code as it is fails "${name}": ${violations.join('\n')}`
        : `${mutation} survived "${name}"`,
    );
  }
  process.exitCode = wrong.length === 0 ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof UnknownMutationError ? 2 : 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function lineOf({ mutation, case: name, violations, asExpected, elapsed_s }: MutantResult): string {
  const verdict = mutation === null ? (asExpected ? 'sound' : 'WRONG') : asExpected ? 'caught' : 'SURVIVED';
  const columns = [
    verdict.padEnd(9),
    (mutation ?? '(none)').padEnd(28),
    `${elapsed_s.toFixed(1)} s`.padStart(7),
  ];
  const told = violations[0]?.split('\n')[0]?.slice(0, 110) ?? '';
  return `${columns.join(' ')}  ${name}${told === '' ? '' : `: ${told}`}`;
}
