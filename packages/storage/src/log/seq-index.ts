import { crc32 } from 'node:zlib';
import { readU64, writeU64 } from './record.js';
import { segmentHeaderBytes } from './segment-file.js';

/** One entry about every so many bytes of a segment. */
export const indexSpacingBytes = 64 * 1024;

const magic = Buffer.from('BITTENIX');
const headerBytes = 48;
const entryBytes = 24;
const version = 1;

/** What an index must agree with to be that of a segment. */
export interface IndexedSegment {
  firstSeq: number;
  endSeq: number;
}

export interface IndexEntry {
  seq: number;
  /** Of the record, in the file. */
  offset: number;
  appendedAt: number;
}

/** Where in a segment to begin looking for a place or a time: a record about every 64 KiB. */
export class SeqIndex {
  readonly #seqs: number[] = [];
  readonly #offsets: number[] = [];
  readonly #times: number[] = [];

  get size(): number {
    return this.#seqs.length;
  }

  /** Notes a record, in the order of the segment; keeps the first of about every 64 KiB. */
  add(entry: IndexEntry): void {
    const last = this.#offsets.at(-1);
    if (last !== undefined && entry.offset - last < indexSpacingBytes) return;
    this.#seqs.push(entry.seq);
    this.#offsets.push(entry.offset);
    this.#times.push(entry.appendedAt);
  }

  /** The last entry at or before a place; undefined where the place is before all of them. */
  atOrBeforeSeq(seq: number): IndexEntry | undefined {
    return this.#entry(countWhere(this.#seqs, (value) => value <= seq) - 1);
  }

  /** The last entry appended before a time: the first record at or after it is there or later. */
  beforeTime(time: number): IndexEntry | undefined {
    return this.#entry(countWhere(this.#times, (value) => value < time) - 1);
  }

  /** All of them, in order. */
  entries(): IndexEntry[] {
    return this.#seqs.map((_, i) => this.#entry(i)!);
  }

  encode(segment: IndexedSegment & { bytes: number }): Buffer {
    const buffer = Buffer.alloc(headerBytes + this.size * entryBytes);
    magic.copy(buffer);
    buffer.writeUInt32LE(version, 8);
    writeU64(buffer, segment.firstSeq, 16);
    writeU64(buffer, segment.endSeq, 24);
    writeU64(buffer, segment.bytes, 32);
    writeU64(buffer, this.size, 40);
    for (let i = 0; i < this.size; i += 1) {
      const at = headerBytes + i * entryBytes;
      writeU64(buffer, this.#seqs[i]!, at);
      writeU64(buffer, this.#offsets[i]!, at + 8);
      buffer.writeDoubleLE(this.#times[i]!, at + 16);
    }
    buffer.writeUInt32LE(crc32(buffer.subarray(16)), 12);
    return buffer;
  }

  /** Null where the bytes are damaged or another segment's. */
  static decode(buffer: Buffer, segment: IndexedSegment): SeqIndex | null {
    if (buffer.length < headerBytes || !buffer.subarray(0, 8).equals(magic)) return null;
    if (buffer.readUInt32LE(8) !== version) return null;
    if (crc32(buffer.subarray(16)) !== buffer.readUInt32LE(12)) return null;
    if (readU64(buffer, 16) !== segment.firstSeq || readU64(buffer, 24) !== segment.endSeq) return null;
    const index = new SeqIndex();
    for (let at = headerBytes; at + entryBytes <= buffer.length; at += entryBytes) {
      index.#seqs.push(readU64(buffer, at));
      index.#offsets.push(readU64(buffer, at + 8));
      index.#times.push(buffer.readDoubleLE(at + 16));
    }
    return index.#isPossible(segment, readU64(buffer, 32)) ? index : null;
  }

  /** A right checksum of wrong entries is nobody's accident, and must not lead a reader out of the file either. */
  #isPossible({ firstSeq, endSeq }: IndexedSegment, bytes: number): boolean {
    return this.#seqs.every((seq, i) => {
      const offset = this.#offsets[i]!;
      const isOrdered = i === 0 || (seq > this.#seqs[i - 1]! && offset > this.#offsets[i - 1]!);
      return isOrdered && seq >= firstSeq && seq < endSeq && offset >= segmentHeaderBytes && offset < bytes;
    });
  }

  #entry(i: number): IndexEntry | undefined {
    if (i < 0) return undefined;
    return { seq: this.#seqs[i]!, offset: this.#offsets[i]!, appendedAt: this.#times[i]! };
  }
}

/** How many values from the beginning satisfy a condition that holds up to some point and not after it. */
export function countWhere<Value>(values: readonly Value[], holds: (value: Value) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(values[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
