import { readFileSync } from 'node:fs';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type LocatedChange, mutate } from './mutation.js';

let changes: readonly LocatedChange[] = [];

/** Called by node with what `register` was given. */
export function initialize(data: readonly LocatedChange[]): void {
  changes = data;
}

/** Called by node for each module: those that are to be changed are changed between the disk and their start. */
export async function load(
  url: string,
  context: LoadHookContext,
  nextLoad: (url: string, context: LoadHookContext) => LoadFnOutput | Promise<LoadFnOutput>,
): Promise<LoadFnOutput> {
  const loaded = await nextLoad(url, context);
  if (!url.startsWith('file:')) return loaded;
  const own = changes.filter(({ file }) => file === fileURLToPath(url));
  if (own.length === 0) return loaded;
  // Of a CommonJS module node gives no source: it is to be read here, and given, to have any say in it.
  const source = String(loaded.source ?? readFileSync(fileURLToPath(url), 'utf8'));
  return { ...loaded, source: mutate(source, own) };
}
