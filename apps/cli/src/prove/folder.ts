import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '@bitten/runtime';

/** By this file a folder says that it is a proof's. */
const markName = 'bitten-proof.json';
/** What a proof makes beside it; a proof that was killed leaves it. */
const ours = /^(round|power)-[A-Za-z0-9]+$/;

/** A folder that a proof may work in, and leaves as it was. */
export interface ProofFolder {
  dir: string;
  /** Takes away what the proof has made; with `keep`, all but the evidence. */
  leave(options: { keep: boolean }): void;
}

/**
 * Takes a folder for a proof: a new one, an empty one, or one that an earlier proof has left. Throws `UsageError`
 * for any other, for whatever is in it could be somebody's.
 */
export function takeFolder(dir: string): ProofFolder {
  // The topmost of those that had to be made.
  const made = existsSync(dir) ? undefined : mkdirSync(dir, { recursive: true, mode: 0o700 });
  const mark = join(dir, markName);
  const found = readdirSync(dir);
  refuseStrangers(dir, found);
  if (found.length > 0) refuseRunning(dir, mark);
  for (const name of found) rmSync(join(dir, name), { recursive: true, force: true });
  writeFileSync(mark, JSON.stringify({ pid: process.pid }), { mode: 0o600 });
  return {
    dir,
    leave({ keep }) {
      if (keep) return;
      for (const name of readdirSync(dir)) {
        if (name === markName || ours.test(name)) rmSync(join(dir, name), { recursive: true, force: true });
      }
      if (made !== undefined) removeUpTo(made, dir);
    },
  };
}

/** Takes away a folder and those above it that were made for it, unless somebody has put something there since. */
function removeUpTo(topmost: string, dir: string): void {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
    if (folder === topmost) return;
  }
}

function refuseStrangers(dir: string, found: readonly string[]): void {
  const strange = found.filter((name) => name !== markName && !ours.test(name));
  if (found.length === 0 || (strange.length === 0 && found.includes(markName))) return;
  throw new UsageError(
    `--dir: expected an empty folder, found ${strange[0] ?? found[0]} in ${dir}`,
    'name a folder that is not there yet; the proof makes it and takes it away again',
  );
}

function refuseRunning(dir: string, mark: string): void {
  const pid = pidOf(mark);
  if (pid === undefined || !isRunning(pid)) return;
  throw new UsageError(`--dir: process ${pid} has a proof running in ${dir}`, 'name another folder, or wait');
}

function pidOf(mark: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(mark, 'utf8')) as { pid?: number };
    return pid;
  } catch {
    // Killed while it was written: nobody is at work.
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
