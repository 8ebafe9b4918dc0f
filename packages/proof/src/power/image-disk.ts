import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { freeze } from './freeze.js';
import { DiskImage } from './image.js';
import type { PoweredDisk } from './powered-disk.js';

/** A disk that is an ext4 image: log, store and spools are on it. See `DiskImage` for what its cuts show. */
export function createImageDisk(dir: string): PoweredDisk {
  const image = DiskImage.create({ dir, name: 'disk' });
  const dataDir = join(image.folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  syncFolder(image.folder);
  return {
    method: 'image',
    dataDir,
    env: {},
    busEnv: () => ({}),
    async cut(system) {
      const running = system.programs.filter(({ ending }) => ending === undefined);
      await freeze(running.map(({ pid }) => pid));
      image.copy();
      await Promise.all(running.map((program) => program.kill()));
      image.restart();
    },
    remove: () => image.remove(),
  };
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
