import { readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { KeptValues, LastValue } from './kept-values.js';

/** What a file says of itself in its first line. */
interface Head {
  v: 1;
  log_id: string;
  /** The values are those of all events before this place. */
  next: number;
}

type Line = [type: string, key: string, seq: number, appendedAt: number, text: string];

const version = 1;
/** A turn of the event loop writes so many, so that publishers do not wait. */
const valuesPerTurn = 500;

/** Writes the last values of a moment: when it resolves they are on disk under the name, else the old ones are. */
export async function writeSnapshot(
  file: string,
  { log_id, next, values }: { log_id: string; next: number; values: KeptValues },
): Promise<void> {
  // Taken at once, so that all are of one moment; the values themselves never change.
  const lines = values.types.flatMap((type) =>
    [...values.of(type)!.kept].map(
      ([key, { seq, appendedAt, text }]): Line => [type, key, seq, appendedAt, text],
    ),
  );
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    let crc = 0;
    const write = async (text: string): Promise<void> => {
      crc = crc32(text, crc);
      await handle.writeFile(text);
    };
    await write(`${JSON.stringify({ v: version, log_id, next } satisfies Head)}\n`);
    for (let at = 0; at < lines.length; at += valuesPerTurn) {
      const part = lines.slice(at, at + valuesPerTurn);
      await write(part.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await nextTurn();
    }
    await handle.writeFile(`${JSON.stringify({ crc32: crc })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/**
 * Reads the values back; returns the place to read the log on from. Null where there is no file, or none that can be
 * trusted: it is of another log, of one that has lost events since, or damaged. Such a file is removed.
 */
export function readSnapshot(
  file: string,
  { log_id, end, values }: { log_id: string; end: number; values: KeptValues },
): number | null {
  try {
    const text = readFileSync(file, 'utf8');
    const { head, lines } = parse(text);
    if (head.log_id !== log_id || head.next > end) throw new TypeError('of another log');
    for (const [type, key, seq, appendedAt, event] of lines) {
      const ofType = values.of(type);
      const value: LastValue = { seq, appendedAt, text: event };
      // A type that has lost its key since then has no last values any more.
      if (ofType !== undefined) values.put(ofType, key, value);
    }
    return head.next;
  } catch {
    // Left where it is, it might fit again when the log has grown.
    rmSync(file, { force: true });
    return null;
  }
}

/** Throws where the text is not exactly what `writeSnapshot` writes. */
function parse(text: string): { head: Head; lines: Line[] } {
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const { crc32: crc } = JSON.parse(text.slice(end)) as { crc32: unknown };
  if (crc !== crc32(text.slice(0, end))) throw new TypeError('damaged');
  const [first, ...rest] = text.slice(0, end - 1).split('\n');
  const head = JSON.parse(first!) as Head;
  if (head.v !== version) throw new TypeError('of another version');
  return { head, lines: rest.map((line) => JSON.parse(line) as Line) };
}
