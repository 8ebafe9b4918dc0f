import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Which process a spool belongs to. Process numbers are used again: the time of its start tells it from others. */
interface Owner {
  pid: number;
  /** Clock ticks since boot, and which boot, where /proc tells. */
  started: string | null;
  boot: string | null;
}

const ownerFile = 'owner.json';

/** Makes a spool's folder, which appears with its owner in it: nobody may take it for one that was left behind. */
export function makeOwnFolder(dir: string): void {
  // This process alone uses the name: what is there could only be left of an earlier use of its own.
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(dir), `.${process.pid}.${Date.now()}.new`);
  try {
    mkdirSync(temporary, { mode: 0o700 });
    writeSelf(join(temporary, ownerFile));
    renameSync(temporary, dir);
  } catch (error) {
    // On a full disk this is tried again and again; nothing else would take the halves away.
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes folders that a process has made for a spool and died, or lost its power, before they had their name. */
export function sweepUnfinished(dir: string): void {
  for (const name of readdirSync(dir)) {
    const pid = /^\.(\d+)\.\d+\.new$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(dir, name), { recursive: true, force: true });
  }
}

/**
 * Takes over a spool that a process left behind; false where its owner lives, or another process was faster.
 * Renaming and exclusive creation each succeed for one process only.
 */
export function claim(dir: string): boolean {
  const file = join(dir, ownerFile);
  if (isOwnerAlive(file)) return false;
  const taken = join(dir, `owner.${process.pid}.json`);
  try {
    renameSync(file, taken);
    if (isOwnerAlive(taken)) {
      // Claimed by another between the look and the rename: it goes back.
      renameSync(taken, file);
      return false;
    }
    rmSync(taken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    writeSelf(file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

/** Leaves a spool to whoever comes next, also within this process. */
export function disown(dir: string): void {
  rmSync(join(dir, ownerFile), { force: true });
}

function writeSelf(file: string): void {
  const self: Owner = { pid: process.pid, started: startOf(process.pid), boot: bootId() };
  writeFileSync(file, JSON.stringify(self), { mode: 0o600, flag: 'wx' });
}

function isOwnerAlive(file: string): boolean {
  let owner: Partial<Owner>;
  try {
    owner = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>;
    if (typeof owner.pid !== 'number' || owner.boot !== bootId()) return false;
    process.kill(owner.pid, 0);
  } catch (error) {
    return isForeign(error);
  }
  return owner.started === startOf(owner.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isForeign(error);
  }
}

/** A process of another account may not be sent signals, and is there all the same. */
function isForeign(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPERM';
}

function startOf(pid: number): string | null {
  const stat = readProc(`/proc/${pid}/stat`);
  // The 22nd field; the second, in brackets, may itself hold spaces.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function bootId(): string | null {
  return readProc('/proc/sys/kernel/random/boot_id');
}

function readProc(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
