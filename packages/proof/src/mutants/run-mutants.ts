import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../system/places.js';
import { type CaseName, cases } from './cases.js';
import { locate, type Mutation } from './mutation.js';
import { mutations } from './mutations.js';

export interface MutantsOptions {
  /** A folder to work in; it must be there. */
  dir: string;
  seed: string;
  /** Which mutations; default all. */
  names?: readonly string[];
  /** Whether each case is first played upon the code as it is; default true. */
  baseline?: boolean;
  /** Called when a case has ended: without a mutation first, then with it. */
  onResult?: (result: MutantResult) => void;
}

export interface MutantResult {
  /** Null: the code as it is, which must be found sound. */
  mutation: string | null;
  what: string;
  case: CaseName;
  /** What was wrong, in words; with a mutation there must be something, without there must not. */
  violations: readonly string[];
  asExpected: boolean;
  elapsed_s: number;
}

/** A name that no mutation has. */
export class UnknownMutationError extends Error {
  constructor(name: string) {
    super(`there is no mutation ${name}; there are ${mutations.map((each) => each.name).join(', ')}`);
    this.name = 'UnknownMutationError';
  }
}

const register = join(root, 'packages/proof/dist/mutants/register.js');

/**
 * Plays the case of each mutation upon the code as it is, then upon the mutated code. Throws
 * `UnknownMutationError`, and `StaleMutationError` where a text to be changed is not in the build exactly once:
 * both before anything is started.
 */
export async function runMutants(options: MutantsOptions): Promise<MutantResult[]> {
  const { dir, seed, names, baseline = true, onResult } = options;
  const chosen = (names ?? mutations.map(({ name }) => name)).map(find);
  const environments = new Map(chosen.map((mutation) => [mutation, environmentOf(mutation)]));
  const results: MutantResult[] = [];
  const play = async (mutation: Mutation | null, name: CaseName): Promise<void> => {
    const env = mutation === null ? {} : environments.get(mutation)!;
    const result = await playCase({ dir, seed, env, mutation, name });
    results.push(result);
    onResult?.(result);
  };
  const sound = new Set(baseline ? chosen.map(({ caughtBy }) => caughtBy) : []);
  for (const name of sound) await play(null, name);
  for (const mutation of chosen) await play(mutation, mutation.caughtBy);
  return results;
}

function find(name: string): Mutation {
  const mutation = mutations.find((each) => each.name === name);
  if (mutation === undefined) throw new UnknownMutationError(name);
  return mutation;
}

function environmentOf(mutation: Mutation): Record<string, string> {
  return { PROOF_MUTANT: JSON.stringify(locate(mutation)), NODE_OPTIONS: `--import=${register}` };
}

interface PlayOptions {
  dir: string;
  seed: string;
  env: Readonly<Record<string, string>>;
  mutation: Mutation | null;
  name: CaseName;
}

async function playCase({ dir, seed, env, mutation, name }: PlayOptions): Promise<MutantResult> {
  const own = mkdtempSync(join(dir, 'mutant-'));
  const begun_ms = performance.now();
  let violations: readonly string[] = [];
  // A system that never ran has shown nothing: that a build is broken in another way is no catch.
  let played = true;
  try {
    violations = await cases[name]({ dir: own, seed, env });
  } catch (error) {
    played = false;
    violations = [`could not be played: ${(error as Error).message}`];
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return {
    mutation: mutation?.name ?? null,
    what: mutation?.what ?? 'the code as it is',
    case: name,
    violations,
    asExpected: played && (mutation === null) === (violations.length === 0),
    elapsed_s: (performance.now() - begun_ms) / 1_000,
  };
}
