import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { until } from './until.js';

/** A file of lines that a program may have been killed while writing: a last line without its end does not count. */
export function wholeLines(file: string): string[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

/** A file of one number a line. */
export function readNumbers(file: string): number[] {
  return wholeLines(file).map(Number);
}

/** What a publisher has been promised: its own number, and the event's place. */
export interface Acked {
  n: number;
  /** null where the bus had stored the event but no longer knew where. */
  seq: number | null;
}

export function readAcks(file: string): Acked[] {
  return wholeLines(file).map((line) => {
    const [n, seq] = line.split(' ');
    return { n: Number(n), seq: seq === 'null' ? null : Number(seq) };
  });
}

/** How many bytes a file has; 0 where there is none. */
export function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last whole line; undefined where there is none. Reads the file's end only. */
export function lastLine(file: string): string | undefined {
  const size = bytesOf(file);
  if (size === 0) return undefined;
  const tail = Buffer.alloc(Math.min(size, 200));
  const fd = openSync(file, 'r');
  try {
    readSync(fd, tail, 0, tail.length, size - tail.length);
  } finally {
    closeSync(fd);
  }
  return tail.toString('latin1').split('\n').at(-2);
}

/** The number that the last whole line begins with; 0 where there is none. */
export function lastNumber(file: string): number {
  return Number.parseInt(lastLine(file) ?? '', 10) || 0;
}

/** Waits until a file of lines has at least so many; asks for its size only, so that polling stays cheap. */
export async function untilLines(file: string, count: number): Promise<void> {
  let bytes = -1;
  let lines = 0;
  await until(
    `${count} lines in ${file}`,
    () => {
      const size = bytesOf(file);
      if (size !== bytes) lines = wholeLines(file).length;
      bytes = size;
      return lines >= count;
    },
    { found: () => `${lines} lines` },
  );
}
