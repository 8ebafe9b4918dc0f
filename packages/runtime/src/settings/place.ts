import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Place } from './declare.js';

/** The environment as the operating system hands it over. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder the command was typed in, and the root of the workspace around the program.
 *
 * `pnpm --filter apps/bus start` runs the program inside `apps/bus`, while the person who typed
 * `--data-dir ./here` meant the folder they stand in. pnpm tells it in `INIT_CWD`. That variable is inherited by
 * everything below, so it is believed only where the script pnpm started is the one that runs here.
 */
export function findPlace(cwd: string, env: Environment): Place {
  const typedIn = env.INIT_CWD;
  const startedByPnpm = typedIn !== undefined && env.PNPM_SCRIPT_SRC_DIR === cwd;
  return { cwd: startedByPnpm ? resolve(typedIn) : resolve(cwd), root: findRoot(resolve(cwd)) };
}

/** The nearest folder from `from` upwards that holds `pnpm-workspace.yaml`; `from` itself where there is none. */
export function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (folder === dirname(folder)) return from;
  }
}
