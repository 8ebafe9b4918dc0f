import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@bitten/simulator';
import { root } from '../system/places.js';
import type { PowerTask } from './injected/task.js';
import type { PoweredDisk } from './powered-disk.js';

/** How many calls to the disk a bus makes before it is cut: the first ones open its logs. */
const opening_calls = 40;
const working_calls = 800;
/** A bus that does not come so far is cut where it stands. */
const patience_ms = 2_000;

const preload = join(root, 'packages/proof/dist/power/injected/preload.js');

/**
 * A folder behind an I/O layer in each program (`injected/`), for machines that mount no images; it also finds
 * what images do not: writes that arrive in another order, in part, or torn at a sector.
 *
 * Log, dead letters, cursors and spools are under it. SQLite does its own I/O: of the store this says only what
 * `kill -9` does.
 */
export function createInjectedDisk(dir: string, random: Random): PoweredDisk {
  const dataDir = join(dir, 'data');
  const graveyard = join(dir, 'graveyard');
  const folders = ['log', 'dead-letters', 'spool'].map((name) => join(dataDir, name));
  mkdirSync(dataDir, { mode: 0o700 });
  const envWith = (cutAt: number | null): Record<string, string> => {
    const task: PowerTask = { folders, graveyard, seed: String(random.float()), cutAt };
    return { PROOF_POWER: JSON.stringify(task) };
  };
  return {
    method: 'injected',
    dataDir,
    env: { ...envWith(null), NODE_OPTIONS: `--import=${preload}` },
    busEnv: () => envWith(random.integer(1, random.chance(0.2) ? opening_calls : working_calls)),
    async cut(system) {
      const running = () => system.programs.filter(({ ending }) => ending === undefined);
      const bus = () => running().find(({ name }) => name === 'bus');
      const deadline = performance.now() + patience_ms;
      while (bus() !== undefined && performance.now() < deadline) await sleep(5);
      const left = running();
      for (const program of left) program.signal('SIGUSR2');
      await Promise.all(left.map((program) => program.ended()));
      rmSync(graveyard, { recursive: true, force: true });
    },
    remove() {
      rmSync(dataDir, { recursive: true, force: true });
      rmSync(graveyard, { recursive: true, force: true });
    },
  };
}
