import { assertRecord, encodeRecord, recordBytes } from './record.js';
import type { NewRecord } from './types.js';

const initialBytes = 256 * 1024;
/** After a larger commit the buffer goes back to its first size: one burst must not hold memory for good. */
const keptBytesMax = 4 * 1024 * 1024;

/** A staged record, without its bytes. */
export interface PendingRecord {
  seq: number;
  count: number;
  /** From the beginning of the commit. */
  offset: number;
  appendedAt: number;
  producer: string;
  producerSeq: number;
}

/** What is staged for the next commit: encoded straight into one buffer, which is used again and again. */
export class PendingCommit {
  readonly records: PendingRecord[] = [];
  #buffer = Buffer.allocUnsafeSlow(initialBytes);
  #bytes = 0;
  #events = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get events(): number {
    return this.#events;
  }

  /** The first `bytes` of it are the commit. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Adds a record at a place; its time is held at `appendedAtMin` where it lies before that. */
  add(record: NewRecord, seq: number, appendedAtMin: number): void {
    assertRecord(record);
    const producerBytes = record.producer === '' ? 0 : Buffer.byteLength(record.producer);
    const offset = this.#bytes;
    const appendedAt = Math.max(record.appendedAt, this.records.at(-1)?.appendedAt ?? appendedAtMin);
    this.#reserve(offset + recordBytes(record, producerBytes));
    const beginsCommit = offset === 0;
    this.#bytes += encodeRecord(this.#buffer, offset, record, {
      seq,
      appendedAt,
      producerBytes,
      beginsCommit,
    });
    this.#events += record.count;
    const { count, producer, producerSeq } = record;
    this.records.push({ seq, count, offset, appendedAt, producer, producerSeq });
  }

  clear(): void {
    this.records.length = 0;
    this.#bytes = 0;
    this.#events = 0;
    if (this.#buffer.length > keptBytesMax) this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#bytes);
    this.#buffer = larger;
  }
}
