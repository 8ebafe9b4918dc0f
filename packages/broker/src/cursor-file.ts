import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BittenError, cursorPattern, shorten } from '@bitten/schema';

export type LogName = 'events' | 'dead_letters';

export interface Cursor {
  name: string;
  log: LogName;
  /** The first position not yet dealt with. */
  next: number;
  /** Whether retention must not pass it. */
  hold: boolean;
  /** Unix seconds. */
  committed_at: number;
}

/** Throws `BittenError` where the file holds something else; none is none. */
export function readCursors(file: string): Cursor[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { cursors } = JSON.parse(text) as { cursors: unknown };
    if (!Array.isArray(cursors) || !cursors.every(isCursor)) throw new TypeError('not a list of cursors');
    return cursors;
  } catch (cause) {
    throw new BittenError('corrupt_cursors', `${file} is not a list of cursors`, {
      found: shorten(text),
      expected: '{"cursors": […]}',
      remedy: 'move the file away; every reader then opens its cursor anew, at the start of the log',
      cause,
    });
  }
}

function isCursor(value: unknown): value is Cursor {
  const { name, log, next, hold, committed_at } = (value ?? {}) as Partial<Cursor>;
  return (
    typeof name === 'string' &&
    cursorPattern.test(name) &&
    (log === 'events' || log === 'dead_letters') &&
    Number.isSafeInteger(next) &&
    (next as number) >= 1 &&
    typeof hold === 'boolean' &&
    Number.isFinite(committed_at)
  );
}

/** When it resolves, the new content is on disk under the name; when it rejects, the old one is. */
export async function writeCursors(file: string, cursors: readonly Cursor[]): Promise<void> {
  const temporary = `${file}.new`;
  await withFile(temporary, 'w', async (handle) => {
    await handle.writeFile(`${JSON.stringify({ cursors }, null, 1)}\n`);
    await handle.sync();
  });
  await rename(temporary, file);
  await withFile(dirname(file), 'r', (folder) => folder.sync());
}

type FileHandle = Awaited<ReturnType<typeof open>>;

async function withFile(
  path: string,
  flags: string,
  use: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}
