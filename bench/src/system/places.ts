import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRoot } from '@bitten/runtime';

/** The root of the checkout. */
export const root = findRoot(fileURLToPath(new URL('.', import.meta.url)));

/** The apps under measurement, as they are built and shipped. */
export const apps = {
  bus: join(root, 'apps/bus/dist/index.js'),
  collector: join(root, 'apps/collector/dist/index.js'),
} as const;

/** The command line, as it is built. */
export const cli = join(root, 'apps/cli/dist/bitten.js');

/** Where results and profiles go. */
export const resultsDir = join(root, 'bench/results');

/** A script of `src/programs`, built. */
export function programFile(name: string): string {
  return join(root, 'bench/dist/programs', `${name}.js`);
}
