import { type LogIo, readFully, zeros } from './io.js';
import { checksumMatches, RecordHeader, recordHeaderBytes } from './record.js';

export interface FindRecordOptions {
  io: LogIo;
  fd: number;
  /** Where to begin looking, and up to where, in bytes of the file. */
  from: number;
  to: number;
  /** Places the record may have: after `seqAfter`, before `seqBefore`. */
  seqAfter: number;
  seqBefore: number;
}

/**
 * The first whole record behind damage: where reading can go on. Only a header that makes sense is looked at
 * closer, and only a checksum that matches is believed.
 */
export function findRecord(options: FindRecordOptions): { offset: number; seq: number } | null {
  const { io, fd, from, to, seqAfter, seqBefore } = options;
  const chunk = Buffer.allocUnsafe(Math.max(Math.min(zeros.length, to - from), 0));
  // Chunks overlap by a header, so that none is cut in two.
  const step = chunk.length - recordHeaderBytes;
  const header = new RecordHeader();
  for (let position = from; step > 0 && position + recordHeaderBytes < to; position += step) {
    const at = { offset: 0, length: Math.min(chunk.length, to - position), position };
    const length = readFully(io, fd, chunk, at);
    for (let i = 0; i + recordHeaderBytes <= length; i += 1) {
      // Flags 0 or 1 in two bytes, and a length below 16 MiB: bytes that JSON text does not have in a row.
      if (chunk[i + 23] !== 0 || chunk[i + 22]! > 1 || chunk[i + 7] !== 0) continue;
      header.fill(chunk, i);
      const isPossible =
        header.isPlausible &&
        header.seq > seqAfter &&
        header.seq < seqBefore &&
        position + i + header.length <= to;
      if (isPossible && isWhole(options, position + i, header.length)) {
        return { offset: position + i, seq: header.seq };
      }
    }
  }
  return null;
}

function isWhole({ io, fd }: FindRecordOptions, position: number, length: number): boolean {
  const record = Buffer.allocUnsafe(length);
  return (
    readFully(io, fd, record, { offset: 0, length, position }) === length &&
    checksumMatches(record, 0, length)
  );
}

/** The position after the last byte that is not zero, looked for from the end; `from` where all are zero. */
export function lastWritten(io: LogIo, fd: number, from: number, to: number): number {
  const chunk = Buffer.allocUnsafe(Math.max(Math.min(zeros.length, to - from), 1));
  for (let end = to; end > from; ) {
    const position = Math.max(from, end - chunk.length);
    const length = readFully(io, fd, chunk, { offset: 0, length: end - position, position });
    if (chunk.compare(zeros, 0, length, 0, length) !== 0) {
      let last = length - 1;
      while (chunk[last] === 0) last -= 1;
      return position + last + 1;
    }
    end = position;
  }
  return from;
}
