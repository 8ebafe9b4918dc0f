import { crc32 } from 'node:zlib';
import { readU64, writeU64 } from './record.js';

/** Every segment begins with so many bytes; the layout is in docs/STORAGE.md. */
export const segmentHeaderBytes = 64;
export const formatVersion = 1;
const magic = Buffer.from('BITTENSG');

export interface SegmentHeader {
  firstSeq: number;
  /** First place of the segment before; 0 for the log's very first. A missing file shows by it. */
  previousSeq: number;
  /** `appendedAt` of the last record before this segment; 0 where there is none. */
  appendedBefore: number;
  /** Unix seconds. */
  createdAt: number;
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const buffer = Buffer.alloc(segmentHeaderBytes);
  magic.copy(buffer);
  buffer.writeUInt32LE(formatVersion, 8);
  writeU64(buffer, header.firstSeq, 16);
  buffer.writeDoubleLE(header.createdAt, 24);
  buffer.writeDoubleLE(header.appendedBefore, 32);
  writeU64(buffer, header.previousSeq, 40);
  buffer.writeUInt32LE(crc32(buffer.subarray(16)), 12);
  return buffer;
}

/** Null where these bytes are not a segment's beginning. */
export function decodeSegmentHeader(buffer: Buffer): SegmentHeader | null {
  if (buffer.length < segmentHeaderBytes || !buffer.subarray(0, 8).equals(magic)) return null;
  if (buffer.readUInt32LE(8) !== formatVersion) return null;
  if (crc32(buffer.subarray(16, segmentHeaderBytes)) !== buffer.readUInt32LE(12)) return null;
  return {
    firstSeq: readU64(buffer, 16),
    createdAt: buffer.readDoubleLE(24),
    appendedBefore: buffer.readDoubleLE(32),
    previousSeq: readU64(buffer, 40),
  };
}

const namePattern = /^(\d{20})\.(seg|idx|producers)$/;

/** `00000000000000241882.seg` */
export function segmentFileName(firstSeq: number, kind: 'seg' | 'idx' | 'producers'): string {
  return `${String(firstSeq).padStart(20, '0')}.${kind}`;
}

export function parseFileName(name: string): { firstSeq: number; kind: string } | null {
  const match = namePattern.exec(name);
  return match === null ? null : { firstSeq: Number(match[1]), kind: match[2]! };
}

/** A segment as the log knows it; of the active one the last three grow with each commit. */
export interface Segment {
  readonly path: string;
  readonly firstSeq: number;
  /** The place after its last event. */
  endSeq: number;
  /** Header included, the preallocated rest not. */
  bytes: number;
  /** Of its last record, or where it has none of the last one before it; 0 where there is none. */
  lastAppendedAt: number;
}
