import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A spool that waits: its folder and the component's name. */
interface SpoolFolder {
  name: string;
  dir: string;
}

/** The spools that were left behind or are in use; none where there is no such folder. */
export function listSpools(dir: string): SpoolFolder[] {
  return foldersIn(dir).flatMap((name) =>
    foldersIn(join(dir, name)).map((id) => ({ name, dir: join(dir, name, id) })),
  );
}

function foldersIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

/** A named position as `cursors.json` has it. */
export interface NamedCursor {
  name: string;
  log: 'events' | 'dead_letters';
  next: number;
}

/** The cursors of the bus; none where there is no such file. Throws where it holds something else. */
export function readNamedCursors(file: string): NamedCursor[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const { cursors } = JSON.parse(text) as { cursors?: unknown };
  if (!Array.isArray(cursors) || !cursors.every(isCursor)) throw new TypeError('no list of cursors');
  return cursors;
}

function isCursor(value: unknown): value is NamedCursor {
  const { name, log, next } = (value ?? {}) as Partial<NamedCursor>;
  const isLog = log === 'events' || log === 'dead_letters';
  return typeof name === 'string' && isLog && Number.isSafeInteger(next) && next! >= 1;
}
