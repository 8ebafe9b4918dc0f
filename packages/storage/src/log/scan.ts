import { type LogIo, readFully } from './io.js';
import { checksumMatches, type RecordHeader } from './record.js';
import { type WalkEnd, walk } from './walk.js';

const chunkBytes = 1024 * 1024;

export interface ScanOptions {
  io: LogIo;
  fd: number;
  /** Where the first record begins, and its place. */
  from: number;
  seq: number;
  /** The end of what may be read. */
  to: number;
  /** Whether checksums are compared. Indexing does without: reading compares them later. */
  verify: boolean;
  /** Called for each record; false stops before it. `buffer` and `header` are reused. */
  visit: (record: { header: RecordHeader; buffer: Buffer; at: number; offset: number }) => boolean;
}

export interface ScanEnd {
  /** In the file. */
  offset: number;
  seq: number;
  why: 'end' | 'stopped' | 'blank' | 'bad';
}

/** Goes through the records of a file, a chunk at a time, in bounded memory. */
export function scan({ io, fd, from, seq, to, verify, visit }: ScanOptions): ScanEnd {
  let chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(to - from, 0)));
  let offset = from;
  let expected = seq;
  for (;;) {
    const length = readFully(io, fd, chunk, {
      offset: 0,
      length: Math.min(chunk.length, to - offset),
      position: offset,
    });
    let bad = false;
    const base = offset;
    const walked: WalkEnd = walk(chunk.subarray(0, length), {
      seq: expected,
      room: to - offset,
      visit(header, at) {
        bad = verify && !checksumMatches(chunk, at, header.length);
        return !bad && visit({ header, buffer: chunk, at, offset: base + at });
      },
    });
    offset += walked.offset;
    expected = walked.seq;
    if (walked.why !== 'short') return { offset, seq: expected, why: bad ? 'bad' : walked.why };
    // The file is shorter than it was said to be.
    if (length < Math.min(chunk.length, to - base)) return { offset, seq: expected, why: 'bad' };
    if (walked.need > chunk.length) chunk = Buffer.allocUnsafe(walked.need);
  }
}
