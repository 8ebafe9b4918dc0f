import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../system/places.js';
import type { CaseName } from './cases.js';

/** One exact text of built code, and what stands there instead. */
export interface Change {
  /** A folder of built code, from the root of the checkout: `packages/storage/dist`. */
  folder: string;
  find: string;
  replace: string;
}

/** A mistake that would break a promise. */
export interface Mutation {
  name: string;
  /** What is broken, in a few words. */
  what: string;
  changes: readonly Change[];
  /** The case that is to fail. */
  caughtBy: CaseName;
}

/** A change whose file is known, as it is handed to the programs. */
export interface LocatedChange {
  /** As a module's address names it: with symbolic links followed. */
  file: string;
  find: string;
  replace: string;
}

/** The text is not there, or not once: the code has moved on, and the mutation must follow it. */
export class StaleMutationError extends Error {
  constructor(mutation: string, change: Change, found: readonly string[]) {
    const where = found.length === 0 ? 'nowhere' : `${found.length} times (${found.join(', ')})`;
    super(
      `mutation ${mutation}: its text is to be found once in ${change.folder}, and is found ${where}: ` +
        `${JSON.stringify(change.find)}; build, or correct src/mutants/mutations.ts`,
    );
    this.name = 'StaleMutationError';
  }
}

/** Finds the files a mutation changes. Throws `StaleMutationError`. */
export function locate({ name, changes }: Pick<Mutation, 'name' | 'changes'>): LocatedChange[] {
  return changes.map((change) => {
    const { find, replace } = change;
    const folder = join(root, change.folder);
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.c?js$/.test(file))
      .flatMap((file) => Array<string>(countOf(readFileSync(join(folder, file), 'utf8'), find)).fill(file));
    const [file] = found;
    if (file === undefined || found.length > 1) throw new StaleMutationError(name, change, found);
    return { file: realpathSync(join(folder, file)), find, replace };
  });
}

/** The text with the changes made; throws where one does not apply exactly once. */
export function mutate(text: string, changes: readonly Omit<LocatedChange, 'file'>[]): string {
  return changes.reduce((mutated, { find, replace }) => {
    const count = countOf(mutated, find);
    if (count !== 1) throw new Error(`${count} places to mutate, not one: ${JSON.stringify(find)}`);
    return mutated.replace(find, () => replace);
  }, text);
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
