import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { FolderError } from './files.js';

/** What is in a data folder of ours. Keys are not among it: who reads them refuses those that are open. */
const ours =
  /^(log|dead-letters|spool|bitten_events\.db.*|alerts\.db.*|dashboard-token|(bus|collector|alerts)\.lock.*)$/;
/** `spool/component/run/log/segment` is the deepest there is. */
const depth_max = 6;

/**
 * Closes everything of ours in a data folder to other users: files to 0600, folders to 0700. Returns what had been
 * open. What does not belong to this user is not changed: throws `FolderError`, with what to do.
 */
export function closeToOthers(dataDir: string): string[] {
  if (process.platform === 'win32') return [];
  const closed: string[] = [];
  for (const name of readdirSync(dataDir)) {
    if (ours.test(name)) closeTree(join(dataDir, name), closed, depth_max);
  }
  return closed;
}

function closeTree(path: string, closed: string[], depth: number): void {
  const stats = statOf(path);
  // A link leads to where somebody has put it on purpose; what it leads to is looked at by who opens it.
  if (stats === undefined || stats.isSymbolicLink()) return;
  checkOwner(path, stats);
  const mode = stats.isDirectory() ? 0o700 : 0o600;
  if ((stats.mode & 0o077) !== 0) {
    chmodSync(path, mode);
    closed.push(path);
  }
  if (!stats.isDirectory() || depth === 0) return;
  for (const name of readdirSync(path)) closeTree(join(path, name), closed, depth - 1);
}

/** Undefined for what has gone meanwhile: another app may be at work in the folder. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function checkOwner(path: string, { uid }: Stats): void {
  const user = process.getuid?.();
  // The superuser may use anybody's files.
  if (user === undefined || user === 0 || uid === user) return;
  throw new FolderError(path, {
    found: `something that belongs to user ${uid}`,
    expected: `files of this user (${user}) alone`,
    remedy: `run as its owner, or: chown -R ${user} ${path}`,
  });
}
