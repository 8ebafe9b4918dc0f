import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { nameOf, type See } from './calls.js';

/**
 * The same for `node:fs/promises`, as far as our programs use it: the cursors are written so. Writing and renaming
 * become synchronous, so that a process can die within them and right after them.
 */
export function watchPromises(see: See): void {
  const { renameSync, writeSync } = fs;
  const { open } = fs.promises;
  fs.promises.open = async (path, flags, mode) => {
    const name = nameOf(path);
    const handle = await see({ what: 'open', path: name }, () => open(path, flags, mode));
    watchHandle(handle, { path: name, see, writeSync });
    return handle;
  };
  fs.promises.rename = async (from, to) =>
    see({ what: 'rename', path: nameOf(to) }, () => renameSync(from, to));
}

function watchHandle(
  handle: FileHandle,
  { path, see, writeSync }: { path: string; see: See; writeSync: typeof fs.writeSync },
): void {
  const sync = handle.sync.bind(handle);
  handle.writeFile = async (data) => {
    const content = Buffer.from(data as string);
    see({ what: 'write', path, data: content, position: 0 }, (share) =>
      writeSync(handle.fd, content, 0, Math.floor(content.length * share), 0),
    );
  };
  handle.sync = async () => see({ what: 'sync', path }, sync);
}
