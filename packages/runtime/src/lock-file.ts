import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { ProcessIdentity } from './process-identity.js';

/** What a lock file says. */
export interface LockHolder extends ProcessIdentity {
  role: string;
  /** Names one attempt to take the lock; never used twice. */
  token: string;
  /** When the lock was asked for, ISO 8601. */
  started_at: string;
  command: string;
}

/** A lock file as found. One that cannot be read has no holder, but a token of its own all the same. */
export interface FoundLock {
  token: string;
  holder: LockHolder | undefined;
}

/** Writes a holder into a new file of mode 0600, whole and synced, before any other name points at it. */
export function writeHolder(path: string, holder: LockHolder): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(holder, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What stands under a name; undefined where nothing does. */
export function readHolder(path: string): FoundLock | undefined {
  const text = orMissing(() => readFileSync(path, 'utf8'));
  if (text === undefined) return undefined;
  const holder = parseHolder(text);
  if (holder !== undefined) return { token: holder.token, holder };
  // Locks appear whole, so this one was damaged by a power cut or by hand. Its inode tells it from another such.
  const stats = orMissing(() => statSync(path));
  if (stats === undefined) return undefined;
  const digest = createHash('sha256').update(`${stats.ino} ${stats.mtimeMs} ${text}`).digest('hex');
  return { token: `unreadable-${digest.slice(0, 16)}`, holder: undefined };
}

/** Gives a file a second name. False where the name is taken: exactly one of several callers gets it. */
export function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

export function unlinkIfThere(path: string): void {
  orMissing(() => unlinkSync(path));
}

function orMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder> | null;
    const isWhole =
      Number.isInteger(value?.pid) && typeof value?.token === 'string' && /^[\w-]+$/.test(value.token);
    return isWhole ? (value as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
