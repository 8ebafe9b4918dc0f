import { CorruptLogError } from './errors.js';
import { type LogIo, readFully, writeZeros, zeros } from './io.js';
import { checksumMatches, RecordHeader, recordHeaderBytes } from './record.js';

/** Less preallocated room than this is not worth keeping. */
const roomBytesMin = 64 * 1024;

export interface TailOptions {
  io: LogIo;
  fd: number;
  path: string;
  /** Where the last good record ends, and the place of the event that comes next. */
  offset: number;
  seq: number;
  /** Of the file. */
  size: number;
  durable: boolean;
}

/**
 * Makes the last segment end where its good records end; tells whether a preallocated rest is behind them.
 *
 * What follows the good records is either nothing, or what a crash left of a commit that was never
 * acknowledged, or damage to acknowledged events. The writer begins a commit only when the one before is
 * durable, so a later record that begins a commit proves the third: it is reported and nothing is changed.
 */
export function settleTail(options: TailOptions): { preallocated: boolean } {
  const { io, fd, offset, size, durable } = options;
  const written = endOfData(io, fd, offset, size);
  if (written > offset) refuseDamage(options, written);
  const preallocated = size - offset >= roomBytesMin && written < size;
  if (written > offset && preallocated) writeZeros(io, fd, offset, written);
  if (size > offset && !preallocated) io.truncate(fd, offset);
  if (durable && (written > offset || (size > offset && !preallocated))) io.sync(fd);
  return { preallocated };
}

/** The position after the last byte that is not zero; `from` where all are zero. */
function endOfData(io: LogIo, fd: number, from: number, to: number): number {
  const chunk = Buffer.allocUnsafe(Math.min(zeros.length, to - from));
  let end = from;
  for (let position = from; position < to; position += chunk.length) {
    const length = readFully(io, fd, chunk, {
      offset: 0,
      length: Math.min(chunk.length, to - position),
      position,
    });
    if (length === 0) break;
    if (chunk.compare(zeros, 0, length, 0, length) === 0) continue;
    let last = length - 1;
    while (chunk[last] === 0) last -= 1;
    end = position + last + 1;
  }
  return end;
}

function refuseDamage(options: TailOptions, end: number): void {
  const later = findCommit(options, end);
  if (later === null) return;
  throw new CorruptLogError({
    file: options.path,
    offset: options.offset,
    seq: options.seq,
    found: `no valid record, and ${later.from === options.offset ? 'then ' : ''}acknowledged events after it (event ${later.seq} at byte ${later.from})`,
    expected: `the record of event ${options.seq}`,
    remedy: `restore the file from a backup; or keep a copy of it and cut it to ${options.offset} bytes, which gives up event ${options.seq} and all after it: then move cursors.json beside it and the store out of the folder as well`,
  });
}

/** The first valid record behind a place that begins a commit. */
function findCommit(options: TailOptions, end: number): { from: number; seq: number } | null {
  const { io, fd, offset, seq } = options;
  const chunk = Buffer.allocUnsafe(Math.min(zeros.length, end - offset));
  const header = new RecordHeader();
  // Chunks overlap by a header, so that none is cut in two.
  const step = chunk.length - recordHeaderBytes;
  for (let position = offset; position + recordHeaderBytes < end; position += step) {
    const length = readFully(io, fd, chunk, {
      offset: 0,
      length: Math.min(chunk.length, end - position),
      position,
    });
    for (let at = 0; at + recordHeaderBytes <= length; at += 1) {
      // Two bytes that JSON cannot hold, so that next to nothing gets past this line.
      if (chunk[at + 22] !== 1 || chunk[at + 23] !== 0) continue;
      header.fill(chunk, at);
      if (!header.isPlausible || header.seq <= seq || header.seq - seq > end - offset) continue;
      if (isValidRecord(options, position + at, header.length, end)) {
        return { from: position + at, seq: header.seq };
      }
    }
  }
  return null;
}

function isValidRecord({ io, fd }: TailOptions, position: number, length: number, end: number): boolean {
  if (position + length > end) return false;
  const record = Buffer.allocUnsafe(length);
  return (
    readFully(io, fd, record, { offset: 0, length, position }) === length &&
    checksumMatches(record, 0, length)
  );
}
