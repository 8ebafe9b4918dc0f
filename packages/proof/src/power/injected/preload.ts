import { basename } from 'node:path';
import { createRandom } from '@bitten/simulator';
import { CutDisk } from './cut-disk.js';
import { patchFs } from './patch-fs.js';
import type { PowerTask } from './task.js';

const task = JSON.parse(process.env.PROOF_POWER ?? 'null') as PowerTask | null;
if (task !== null) {
  const { folders, graveyard, seed, cutAt } = task;
  // What the program is told tells its lives apart.
  const self = [basename(process.argv[1] ?? ''), ...process.argv.slice(2)].join(' ');
  const random = createRandom(`${seed} ${self}`);
  const disk = new CutDisk({ folders, graveyard, random, cutAt: cutAt ?? Number.POSITIVE_INFINITY, die });
  patchFs(disk);
  // The power fails for all at once: whoever is not the first hears of it by this.
  process.on('SIGUSR2', () => disk.cut());
}

/** Nothing of this process runs after the power is gone, not even what the signal would let finish. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
