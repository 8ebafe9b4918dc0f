import type { Options } from 'tsup';

/** Every room is built the same way; declarations come from `tsc`, see docs/adr. */
export function library(entry: string[]): Options {
  return { entry, format: ['esm'], target: 'node20', sourcemap: true, clean: true, silent: true };
}
