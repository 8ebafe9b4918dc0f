import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout: from sources and from what was built it is a different way up. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The programs under proof, as they are built. */
export const apps = {
  bus: join(root, 'apps/bus/dist/index.js'),
  collector: join(root, 'apps/collector/dist/index.js'),
} as const;

const built = join(root, 'packages/proof/dist');

/** The components that play a part, each a program of its own. */
export const programs = {
  publisher: join(built, 'programs/publisher.js'),
  subscriber: join(built, 'programs/subscriber.js'),
  raw: join(built, 'programs/raw-publisher.js'),
} as const;

/** What is loaded into a process before its program, where a fault is planned for it. */
export const preload = join(built, 'preload/preload.js');

/** The thread that kills its process from within a native call. */
export const executioner = join(built, 'preload/executioner.js');

/** Of the programs a proof needs, those that have not been built. */
export function notBuilt(): string[] {
  return [...Object.values(apps), ...Object.values(programs), preload].filter((file) => !existsSync(file));
}

function findRoot(from: string): string {
  if (existsSync(join(from, 'pnpm-workspace.yaml'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('the proof runs the programs of a checkout, and is in none');
  return findRoot(parent);
}
