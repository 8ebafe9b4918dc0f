import { CorruptLogError } from './errors.js';
import { type LogIo, readFully } from './io.js';
import { checksumMatches, type RecordHeader, recordHeaderBytes } from './record.js';
import type { Segment } from './segment-file.js';
import { indexSpacingBytes } from './seq-index.js';
import type { LogRecord } from './types.js';
import { walk } from './walk.js';

/** At least so much is asked of the disk at once: a small `bytesMax` must not make two reads out of one. */
const readBytesMin = 4 * 1024;

/** Where a record begins. */
export interface Position {
  seq: number;
  offset: number;
}

export interface ReadOptions {
  io: LogIo;
  fd: number;
  segment: Segment;
  /** A record at or before `from`. */
  start: Position;
  from: number;
  bytesMax: number;
}

/**
 * Records of one segment from a place on, at least one, and where the next one begins. The bodies share one
 * buffer, made for this call: keeping one keeps all of them.
 */
export function readRecords(options: ReadOptions): { records: LogRecord[]; next: Position } {
  const { io, fd, segment, from, bytesMax } = options;
  let { seq, offset } = options.start;
  let wanted = Math.max(bytesMax, readBytesMin) + (seq < from ? indexSpacingBytes : 0);
  for (;;) {
    const room = segment.bytes - offset;
    if (room <= 0) throw damagedRecord(segment.path, { seq, offset });
    const chunk = Buffer.allocUnsafe(Math.min(wanted, room));
    const length = readFully(io, fd, chunk, { offset: 0, length: chunk.length, position: offset });
    const records: LogRecord[] = [];
    let bytes = 0;
    const walked = walk(chunk.subarray(0, length), {
      seq,
      room,
      visit(header, at) {
        if (header.seq + header.count <= from) return true;
        if (bytes > 0 && bytes + header.length > bytesMax) return false;
        const record = checksumMatches(chunk, at, header.length) ? decodeFrom(from, chunk, at, header) : null;
        if (record === null) return false;
        records.push(record);
        bytes += header.length;
        return true;
      },
    });
    offset += walked.offset;
    seq = walked.seq;
    if (records.length > 0) return { records, next: { seq, offset } };
    // Anything but a record that goes on past the buffer is damage: the caller knows that `from` is here.
    if (walked.why !== 'short' || length < chunk.length) throw damagedRecord(segment.path, { seq, offset });
    wanted = Math.max(walked.need, bytesMax, readBytesMin);
  }
}

export function damagedRecord(file: string, { seq, offset }: Position): CorruptLogError {
  return new CorruptLogError({
    file,
    offset,
    seq,
    found: 'no valid record',
    expected: `the record of event ${seq}`,
    remedy:
      'restore the file from a backup; the events before and after it, in other records, are still served',
  });
}

/** The record, or the part of it that begins at `from`; null where its lines are fewer than it says. */
function decodeFrom(from: number, buffer: Buffer, at: number, header: RecordHeader): LogRecord | null {
  const bodyAt = at + recordHeaderBytes + header.producerBytes;
  const producer = header.producerBytes === 0 ? '' : buffer.toString('utf8', at + recordHeaderBytes, bodyAt);
  const skipped = Math.max(from - header.seq, 0);
  let begin = bodyAt;
  for (let line = 0; line < skipped; line += 1) {
    const newline = buffer.indexOf(10, begin);
    if (newline === -1 || newline >= at + header.length) return null;
    begin = newline + 1;
  }
  return {
    seq: header.seq + skipped,
    count: header.count - skipped,
    appendedAt: header.appendedAt,
    producer,
    producerSeq: producer === '' ? 0 : header.producerSeq + skipped,
    body: buffer.subarray(begin, at + header.length),
  };
}
