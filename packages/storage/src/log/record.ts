import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import type { NewRecord } from './types.js';

/** Bytes of a record before its producer id; the layout is in docs/STORAGE.md. */
export const recordHeaderBytes = 40;

/** Set on the first record of a commit. */
const beginsCommitFlag = 1;

const twoTo32 = 2 ** 32;

/** Unsigned 64-bit numbers as two halves: places stay below 2^53, and BigInt costs ten times as much. */
export function writeU64(buffer: Buffer, value: number, offset: number): void {
  buffer.writeUInt32LE(value % twoTo32, offset);
  buffer.writeUInt32LE(Math.floor(value / twoTo32), offset + 4);
}

export function readU64(buffer: Buffer, offset: number): number {
  return buffer.readUInt32LE(offset) + buffer.readUInt32LE(offset + 4) * twoTo32;
}

/** What a record says of itself. One instance is filled again and again while walking. */
export class RecordHeader {
  length = 0;
  seq = 0;
  count = 0;
  producerBytes = 0;
  flags = 0;
  appendedAt = 0;
  producerSeq = 0;

  fill(buffer: Buffer, offset: number): void {
    this.length = buffer.readUInt32LE(offset + 4);
    this.seq = readU64(buffer, offset + 8);
    this.count = buffer.readUInt32LE(offset + 16);
    this.producerBytes = buffer.readUInt16LE(offset + 20);
    this.flags = buffer.readUInt16LE(offset + 22);
    this.appendedAt = buffer.readDoubleLE(offset + 24);
    this.producerSeq = readU64(buffer, offset + 32);
  }

  get beginsCommit(): boolean {
    return this.flags === beginsCommitFlag;
  }

  /** Whether the fields fit each other; tells noise from a header, the checksum tells the rest. */
  get isPlausible(): boolean {
    return (
      this.length >= recordHeaderBytes + this.producerBytes + this.count &&
      this.count > 0 &&
      this.flags <= beginsCommitFlag
    );
  }
}

export function checksumMatches(buffer: Buffer, offset: number, length: number): boolean {
  return crc32(buffer.subarray(offset + 4, offset + length)) === buffer.readUInt32LE(offset);
}

/** How a header's bytes look where nothing has been written. */
export function isBlank(buffer: Buffer, offset: number): boolean {
  return (
    buffer.readUInt32LE(offset) === 0 &&
    buffer.readUInt32LE(offset + 4) === 0 &&
    readU64(buffer, offset + 8) === 0
  );
}

export interface Placing {
  seq: number;
  appendedAt: number;
  producerBytes: number;
  beginsCommit: boolean;
}

/** Bytes the record will take. */
export function recordBytes(record: NewRecord, producerBytes: number): number {
  return recordHeaderBytes + producerBytes + record.body.length;
}

/** Writes a record into a buffer that has the room for it; returns its length. */
export function encodeRecord(buffer: Buffer, offset: number, record: NewRecord, placing: Placing): number {
  const length = recordBytes(record, placing.producerBytes);
  buffer.writeUInt32LE(length, offset + 4);
  writeU64(buffer, placing.seq, offset + 8);
  buffer.writeUInt32LE(record.count, offset + 16);
  buffer.writeUInt16LE(placing.producerBytes, offset + 20);
  buffer.writeUInt16LE(placing.beginsCommit ? beginsCommitFlag : 0, offset + 22);
  buffer.writeDoubleLE(placing.appendedAt, offset + 24);
  writeU64(buffer, record.producerSeq, offset + 32);
  if (placing.producerBytes > 0) buffer.write(record.producer, offset + recordHeaderBytes, 'utf8');
  record.body.copy(buffer, offset + recordHeaderBytes + placing.producerBytes);
  buffer.writeUInt32LE(crc32(buffer.subarray(offset + 4, offset + length)), offset);
  return length;
}

/** Stops a caller's bug before it is written: a wrong count would shift every place that follows. */
export function assertRecord(record: NewRecord): void {
  assert(Number.isSafeInteger(record.count) && record.count > 0, 'a record holds at least one event');
  assert(
    Number.isSafeInteger(record.producerSeq) && record.producerSeq >= 0,
    'producerSeq is a whole number',
  );
  assert(Number.isFinite(record.appendedAt) && record.appendedAt >= 0, 'appendedAt is in Unix seconds');
  assert(record.body.length >= record.count, 'an event has at least one byte');
  let lines = 1;
  for (let at = record.body.indexOf(10); at !== -1; at = record.body.indexOf(10, at + 1)) lines += 1;
  assert.equal(lines, record.count, 'the body holds as many lines as the record counts events');
}
