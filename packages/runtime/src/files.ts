import { accessSync, chmodSync, constants, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { BittenError } from '@bitten/schema';

/** A folder that cannot be used: it is missing and cannot be made, is somebody else's, is open or read-only. */
export class FolderError extends BittenError {
  readonly path: string;

  constructor(path: string, facts: { found: string; expected: string; remedy: string; cause?: unknown }) {
    super('bad_folder', `folder ${path}: expected ${facts.expected}, found ${facts.found}`, facts);
    this.path = path;
  }
}

/** What to do about what the system says of a file or folder; undefined where nothing can be said in general. */
export function remedyFor(code: string, path: string): string | undefined {
  switch (code) {
    case 'ENOSPC':
      return 'free some space on the disk, then start again';
    case 'EDQUOT':
      return "raise this user's disk quota or free some space, then start again";
    case 'EROFS':
      return 'the file system is read-only: see why in the system log, and mount it for writing again';
    case 'EIO':
      return 'the disk reports errors: look into the system log, and move the folder to another disk';
    case 'EACCES':
    case 'EPERM':
      return `give this user the right to write ${path}`;
    default:
      return undefined;
  }
}

/** Names that say a folder is a data folder of ours. `log` is not among them: `/var` holds one too. */
const ours = new Set(['dead-letters', 'bitten_events.db', 'bus.lock', 'collector.lock']);

/**
 * Makes sure that a folder is there, is ours alone (0700) and can be written, and creates it where it is missing.
 *
 * A folder that is open to others is closed only where it is empty or holds our files: who points `--data-dir`
 * at `/tmp` by mistake shall read an error and not find the system's folder changed.
 * Throws `FolderError`.
 */
export function ensurePrivateFolder(path: string): void {
  create(path);
  const stats = statSync(path);
  if (!stats.isDirectory()) {
    throw new FolderError(path, {
      found: 'a file',
      expected: 'a folder',
      remedy: 'name another folder, or move the file away',
    });
  }
  checkOwner(path, stats);
  checkAccess(path);
  checkMode(path, stats);
}

function create(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    // `mkdir -p` of what is there succeeds, unless it is a file: that gets its own message.
    if (codeOf(cause) === 'EEXIST') return;
    throw new FolderError(path, {
      found: `one that cannot be created (${codeOf(cause)})`,
      expected: 'a folder, or a place where it can be made',
      remedy: diskRemedy(cause, path) ?? 'create it by hand for this user, or name another folder',
      cause,
    });
  }
}

function checkOwner(path: string, stats: Stats): void {
  const user = process.getuid?.();
  // The superuser may use anybody's folder, and Windows has no owner numbers.
  if (user === undefined || user === 0 || stats.uid === user) return;
  throw new FolderError(path, {
    found: `one that belongs to user ${stats.uid}`,
    expected: `a folder of this user (${user})`,
    remedy: `run as its owner, or: chown ${user} ${path}`,
  });
}

function checkAccess(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new FolderError(path, {
      found: `one that cannot be written (${codeOf(cause)})`,
      expected: 'a folder this user can write to',
      remedy: diskRemedy(cause, path) ?? `chmod 700 ${path}, or name another folder`,
      cause,
    });
  }
}

function checkMode(path: string, stats: Stats): void {
  if (process.platform === 'win32' || (stats.mode & 0o077) === 0) return;
  const names = readdirSync(path);
  if (names.length === 0 || names.some((name) => ours.has(name))) {
    chmodSync(path, 0o700);
    return;
  }
  throw new FolderError(path, {
    found: `mode ${(stats.mode & 0o7777).toString(8)}, and files that are not of the bus`,
    expected: 'a folder of its own, closed to other users (0700)',
    remedy: `name another folder, or close this one: chmod 700 ${path}`,
  });
}

/** What helps where it is the disk that refuses, and not the folder. */
function diskRemedy(cause: unknown, path: string): string | undefined {
  const code = codeOf(cause);
  return code === 'EACCES' || code === 'EPERM' ? undefined : remedyFor(code, path);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
