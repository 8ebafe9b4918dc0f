import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** What cannot be read as docs/STORAGE.md says a log is. */
export class UnreadableLogError extends Error {
  constructor(file: string, offset: number, why: string) {
    super(`${file}, byte ${offset}: ${why}`);
    this.name = 'UnreadableLogError';
  }
}

/** A record of a segment. */
export interface SegmentRecord {
  offset: number;
  length: number;
  /** Of its first event. */
  seq: number;
  /** Whether a commit begins with it. */
  beginsCommit: boolean;
  /** Unix seconds. */
  appended_at: number;
  /** Its events, the publishers' bytes. */
  events: string[];
}

const headerBytes = 64;
const recordBytes = 40;

/**
 * Reads a segment after docs/STORAGE.md, with nothing of the room that writes it: two readers of one mistake would
 * agree. Every checksum is compared; the return value is where its records end. Throws `UnreadableLogError`.
 */
export function* readSegment(file: string): Generator<SegmentRecord, { offset: number; seq: number }> {
  const content = readFileSync(file);
  let seq = readHeader(file, content);
  let offset = headerBytes;
  while (offset + recordBytes <= content.length && content.readUInt32LE(offset + 4) > 0) {
    const record = readRecord(file, content, offset);
    if (record.seq !== seq) {
      throw new UnreadableLogError(file, offset, `a record of seq ${record.seq}, not ${seq}`);
    }
    yield record;
    seq += record.events.length;
    offset += record.length;
  }
  if (content.subarray(offset).some((byte) => byte !== 0)) {
    throw new UnreadableLogError(file, offset, 'neither a record nor zeros');
  }
  return { offset, seq };
}

function readRecord(file: string, content: Buffer, offset: number): SegmentRecord {
  const length = content.readUInt32LE(offset + 4);
  const record = content.subarray(offset, offset + length);
  if (record.length < length || crc32(record.subarray(4)) !== record.readUInt32LE(0)) {
    throw new UnreadableLogError(file, offset, 'a record whose checksum does not match');
  }
  const body = record.subarray(recordBytes + record.readUInt16LE(20)).toString('utf8');
  const events = body.split('\n');
  if (events.length !== record.readUInt32LE(16)) {
    throw new UnreadableLogError(file, offset, `${events.length} events, not ${record.readUInt32LE(16)}`);
  }
  const beginsCommit = record.readUInt16LE(22) === 1;
  const appended_at = record.readDoubleLE(24);
  return { offset, length, seq: Number(record.readBigUInt64LE(8)), beginsCommit, appended_at, events };
}

/** Returns the place of the first event. */
function readHeader(file: string, content: Buffer): number {
  const header = content.subarray(0, headerBytes);
  if (header.length < headerBytes || header.toString('latin1', 0, 8) !== 'BITTENSG') {
    throw new UnreadableLogError(file, 0, 'no header of a segment');
  }
  if (crc32(header.subarray(16)) !== header.readUInt32LE(12)) {
    throw new UnreadableLogError(file, 0, "the header's checksum does not match");
  }
  return Number(header.readBigUInt64LE(16));
}
