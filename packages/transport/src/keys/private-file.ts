import { lstatSync, mkdirSync, readFileSync, type Stats, writeFileSync } from 'node:fs';
import { KeyFileError } from './key-pair.js';

/**
 * Reads a file that nobody else may read. Throws `KeyFileError` where it is missing, belongs to somebody else, or
 * is open to others: a secret that others may have read is none any more, so this is not put right in silence.
 */
export function readPrivateFile(path: string, missing: { expected: string; remedy: string }): string {
  checkPrivate(path, 'file', missing);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new KeyFileError(path, {
      ...missing,
      found: `a file that cannot be read (${codeOf(cause)})`,
      cause,
    });
  }
}

/** Writes a new file of mode 0600. Throws `KeyFileError` with code `key_exists` where there is one already. */
export function createPrivateFile(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const exists = codeOf(cause) === 'EEXIST';
    throw new KeyFileError(path, {
      found: exists ? 'one that is there already' : `a place that cannot be written (${codeOf(cause)})`,
      expected: 'no file yet, in a folder of this user',
      remedy: exists
        ? 'choose another name, or move the old file away'
        : 'choose another folder with --keys-dir',
      cause,
      ...(exists ? { code: 'key_exists' } : {}),
    });
  }
}

/** Makes a folder of mode 0700, or makes sure that the one there is private. Throws `KeyFileError`. */
export function ensureKeyFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new KeyFileError(path, {
      found: `a place where it cannot be made (${codeOf(cause)})`,
      expected: 'a folder for keys',
      remedy: 'choose another folder with --keys-dir',
      cause,
    });
  }
  checkPrivate(path, 'folder', { expected: 'a folder for keys', remedy: 'choose another with --keys-dir' });
}

/** Throws `KeyFileError` unless a file or folder is there, is this user's (or the superuser's), and closed to others. */
export function checkPrivate(
  path: string,
  kind: 'file' | 'folder',
  missing: { expected: string; remedy: string },
): void {
  const stats = statOf(path, missing);
  const isRight = kind === 'file' ? stats.isFile() : stats.isDirectory();
  if (!isRight) {
    const found = stats.isSymbolicLink() ? 'a symbolic link' : 'something else';
    throw new KeyFileError(path, { found, expected: `a ${kind}`, remedy: `name the ${kind} itself` });
  }
  if (process.platform === 'win32') return;
  checkOwner(path, kind, stats);
  if ((stats.mode & 0o077) === 0) return;
  const mode = kind === 'file' ? '600' : '700';
  throw new KeyFileError(path, {
    found: `mode ${(stats.mode & 0o777).toString(8)}: others may open it`,
    expected: `a ${kind} of mode ${mode}`,
    remedy: `chmod ${mode} ${path}; where somebody may have read a secret key, revoke it and make a new one`,
  });
}

function statOf(path: string, missing: { expected: string; remedy: string }): Stats {
  try {
    return lstatSync(path);
  } catch (cause) {
    const code = codeOf(cause);
    const found = code === 'ENOENT' ? 'nothing there' : `something that cannot be opened (${code})`;
    throw new KeyFileError(path, { ...missing, found, cause });
  }
}

function checkOwner(path: string, kind: string, { uid }: Stats): void {
  const user = process.getuid?.();
  // The superuser may use anybody's file, and may have made one for anybody.
  if (user === undefined || user === 0 || uid === user || uid === 0) return;
  throw new KeyFileError(path, {
    found: `one of user ${uid}`,
    expected: `a ${kind} of this user (${user})`,
    remedy: `run as its owner, or: chown ${user} ${path}`,
  });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
