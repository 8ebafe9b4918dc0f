import { crc32 } from 'node:zlib';
import { type LogIo, readFile, replaceFile } from './io.js';

/** Two lines of JSON: what this is and the second line's checksum; then `[producer, last]` for each. */
export interface SnapshotOptions {
  path: string;
  /** First place of the segment that begins with it. */
  seq: number;
  producers: Array<[string, number]>;
  durable: boolean;
}

export function writeSnapshot(io: LogIo, { path, seq, producers, durable }: SnapshotOptions): void {
  const lines = JSON.stringify(producers);
  const head = JSON.stringify({ format: 1, seq, crc: crc32(lines) });
  replaceFile(io, path, Buffer.from(`${head}\n${lines}\n`), durable);
}

/** Null where it is missing, damaged or another segment's. */
export function readSnapshot(io: LogIo, path: string, seq: number): Array<[string, number]> | null {
  const [head, lines] = readFile(io, path)?.toString('utf8').split('\n') ?? [];
  if (head === undefined || lines === undefined) return null;
  try {
    const { format, seq: of, crc } = JSON.parse(head) as Record<string, unknown>;
    if (format !== 1 || of !== seq || crc !== crc32(lines)) return null;
    const producers: unknown = JSON.parse(lines);
    return Array.isArray(producers) && producers.every(isProducer) ? producers : null;
  } catch {
    // Not JSON: damaged, and made anew from the segments before.
    return null;
  }
}

function isProducer(entry: unknown): entry is [string, number] {
  return (
    Array.isArray(entry) && typeof entry[0] === 'string' && Number.isSafeInteger(entry[1]) && entry[1] > 0
  );
}
