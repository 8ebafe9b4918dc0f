import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { GapError } from '@bitten/schema';
import { BeyondEndError } from './errors.js';
import { ProducerTable } from './producers.js';
import { assertRecord, recordBytes } from './record.js';
import { removalsUnder } from './retention.js';
import { countWhere } from './seq-index.js';
import type { Log, LogRecord, LogStats, NewRecord, Placement, RetentionPolicy } from './types.js';

export interface MemoryLogOptions {
  id?: string;
  /** Retention removes whole segments, here as on disk; 64 MiB by default. */
  segmentBytesMax?: number;
}

interface MemorySegment {
  firstSeq: number;
  endSeq: number;
  bytes: number;
  lastAppendedAt: number;
  records: LogRecord[];
}

/** The log without a disk: the same contract but for what survives a crash, which is nothing. */
export class MemoryLog implements Log {
  readonly id: string;
  readonly #segmentBytesMax: number;
  readonly #producers = new ProducerTable();
  #segments: MemorySegment[] = [emptySegment(1, 0)];
  #staged: LogRecord[] = [];
  #stagedBytes = 0;

  constructor({ id = randomUUID(), segmentBytesMax = 64 * 1024 * 1024 }: MemoryLogOptions = {}) {
    this.id = id;
    this.#segmentBytesMax = segmentBytesMax;
  }

  get firstSeq(): number {
    return this.#segments[0]!.firstSeq;
  }

  get nextSeq(): number {
    return this.#active.endSeq;
  }

  get stagedBytes(): number {
    return this.#stagedBytes;
  }

  stage(record: NewRecord): number {
    assertRecord(record);
    const before = this.#staged.at(-1);
    const seq = before === undefined ? this.nextSeq : before.seq + before.count;
    const appendedAt = Math.max(record.appendedAt, before?.appendedAt ?? this.#active.lastAppendedAt);
    const producerSeq = record.producer === '' ? 0 : record.producerSeq;
    this.#staged.push({ ...record, seq, appendedAt, producerSeq, body: Buffer.from(record.body) });
    this.#stagedBytes += bytesOf(record);
    return seq;
  }

  discard(): void {
    this.#staged = [];
    this.#stagedBytes = 0;
  }

  commit(): void {
    const { bytes, endSeq, lastAppendedAt } = this.#active;
    if (bytes > 0 && bytes + this.#stagedBytes > this.#segmentBytesMax) {
      this.#segments.push(emptySegment(endSeq, lastAppendedAt));
    }
    const active = this.#active;
    for (const record of this.#staged) {
      active.records.push(record);
      active.endSeq += record.count;
      active.bytes += bytesOf(record);
      active.lastAppendedAt = record.appendedAt;
      this.#producers.note(record);
    }
    this.discard();
  }

  read(from: number, bytesMax: number): LogRecord[] {
    assert(Number.isSafeInteger(from) && from > 0, 'a position is a whole number from 1 on');
    if (from > this.nextSeq) throw new BeyondEndError(from, this.nextSeq);
    if (from < this.firstSeq) throw new GapError(from, this.firstSeq, 'removed by retention');
    if (from === this.nextSeq) return [];
    const { records } =
      this.#segments[countWhere(this.#segments, (segment) => segment.firstSeq <= from) - 1]!;
    const found: LogRecord[] = [];
    let bytes = 0;
    for (let i = countWhere(records, (record) => record.seq <= from) - 1; i < records.length; i += 1) {
      const record = records[i]!;
      if (bytes > 0 && bytes + bytesOf(record) > bytesMax) break;
      found.push(cutAt(record, from));
      bytes += bytesOf(record);
    }
    return found;
  }

  seqAtTime(time: number): number {
    assert(!Number.isNaN(time), 'a time is a number');
    for (const { records } of this.#segments) {
      const record = records[countWhere(records, (candidate) => candidate.appendedAt < time)];
      if (record !== undefined) return record.seq;
    }
    return this.nextSeq;
  }

  lastProducerSeq(producer: string): number | undefined {
    return this.#producers.last(producer);
  }

  placements(producer: string, first: number, last: number): Placement[] {
    return this.#producers.placements(producer, first, last);
  }

  retain(policy: RetentionPolicy): number {
    const before = this.firstSeq;
    this.#segments = this.#segments.slice(removalsUnder(policy, this.#segments).length);
    return this.firstSeq - before;
  }

  stats(): LogStats {
    return {
      bytes: this.#segments.reduce((sum, segment) => sum + segment.bytes, 0),
      segments: this.#segments.length,
      lastAppendedAt: this.nextSeq === 1 ? null : this.#active.lastAppendedAt,
    };
  }

  close(): void {
    this.discard();
  }

  get #active(): MemorySegment {
    return this.#segments.at(-1)!;
  }
}

function emptySegment(firstSeq: number, lastAppendedAt: number): MemorySegment {
  return { firstSeq, endSeq: firstSeq, bytes: 0, lastAppendedAt, records: [] };
}

function bytesOf(record: NewRecord): number {
  return recordBytes(record, Buffer.byteLength(record.producer));
}

function cutAt(record: LogRecord, from: number): LogRecord {
  const skipped = Math.max(from - record.seq, 0);
  let begin = 0;
  for (let line = 0; line < skipped; line += 1) begin = record.body.indexOf(10, begin) + 1;
  return {
    seq: record.seq + skipped,
    count: record.count - skipped,
    appendedAt: record.appendedAt,
    producer: record.producer,
    producerSeq: record.producer === '' ? 0 : record.producerSeq + skipped,
    body: record.body.subarray(begin),
  };
}
