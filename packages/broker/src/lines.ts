import { isUtf8 } from 'node:buffer';
import type { Issue } from '@bitten/schema';
import { NotUtf8Error, splitBytes, splitEvents } from '@bitten/transport';

/** A batch's events, one text each. */
export interface Lines {
  texts: string[];
  /** The lines that are not UTF-8, by index, as bytes. */
  unreadable: ReadonlyMap<number, Buffer>;
}

export const notUtf8: Issue = {
  path: '',
  code: 'json',
  found: 'bytes that are not UTF-8',
  expected: 'UTF-8 JSON',
};

const allReadable: ReadonlyMap<number, Buffer> = new Map();

/** A body's lines; where some are not UTF-8, only those are refused. */
export function readLines(body: Buffer): Lines {
  try {
    return { texts: splitEvents(body), unreadable: allReadable };
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) throw error;
  }
  const unreadable = new Map<number, Buffer>();
  const texts = splitBytes(body).map((line, i) => {
    if (!isUtf8(line)) unreadable.set(i, Buffer.from(line));
    return line.toString('utf8');
  });
  return { texts, unreadable };
}
