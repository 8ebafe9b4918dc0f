import assert from 'node:assert/strict';
import { join } from 'node:path';
import { GapError } from '@bitten/schema';
import { ActiveSegment } from './active-segment.js';
import { createSegment } from './create-segment.js';
import { BeyondEndError, isOutOfSpace, isSystemFailure, withAvailability } from './errors.js';
import type { LogIo } from './io.js';
import { PendingCommit } from './pending.js';
import { PositionHints } from './position-hints.js';
import { writeSnapshot } from './producer-snapshot.js';
import type { ProducerTable } from './producers.js';
import { damagedRecord, readRecords } from './read-records.js';
import { removalsUnder } from './retention.js';
import { scan } from './scan.js';
import { type Segment, segmentFileName, segmentHeaderBytes } from './segment-file.js';
import { type OpenSegment, SegmentFiles, saveIndex } from './segment-files.js';
import type { SegmentPreparer } from './segment-preparer.js';
import { countWhere, SeqIndex } from './seq-index.js';
import type { Log, LogRecord, LogStats, NewRecord, Placement, RetentionPolicy } from './types.js';

export interface SegmentLogParts {
  id: string;
  name: string;
  dir: string;
  io: LogIo;
  durable: boolean;
  segmentBytesMax: number;
  /** Unix seconds. */
  clock: () => number;
  /** In order, the active one last. */
  segments: Segment[];
  active: ActiveSegment;
  producers: ProducerTable;
  preparer: SegmentPreparer | null;
}

/**
 * The log on disk: a folder of segments, of which the last one is written. Made by `openLog`.
 *
 * **Ordering.** A commit is one write into one segment, made durable before `nextSeq` moves. A new segment is
 * in place, empty, before the one before it is closed.
 *
 * **Failure.** A commit that fails leaves the log as it was; where even taking away its remains fails, every
 * commit first tries that again and throws until it succeeds. Closing a segment (its index, cutting it to its
 * size) may fail without harm: reading does not depend on it.
 */
export class SegmentLog implements Log {
  readonly id: string;
  readonly #parts: SegmentLogParts;
  readonly #segments: Segment[];
  readonly #producers: ProducerTable;
  readonly #files: SegmentFiles;
  readonly #pending = new PendingCommit();
  readonly #hints = new PositionHints();
  #active: ActiveSegment;
  /** Takes away a new segment that was not put in place wholly; must succeed before anything else is written. */
  #undoRoll: (() => void) | null = null;
  #closed = false;

  constructor(parts: SegmentLogParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#segments = parts.segments;
    this.#producers = parts.producers;
    this.#active = parts.active;
    this.#files = new SegmentFiles(parts.io, parts.dir);
  }

  get firstSeq(): number {
    return this.#segments[0]!.firstSeq;
  }

  get nextSeq(): number {
    return this.#active.segment.endSeq;
  }

  get stagedBytes(): number {
    return this.#pending.bytes;
  }

  stage(record: NewRecord): number {
    assert(!this.#closed, 'the log is open');
    const seq = this.nextSeq + this.#pending.events;
    this.#pending.add(record, seq, this.#active.segment.lastAppendedAt);
    return seq;
  }

  discard(): void {
    this.#pending.clear();
  }

  commit(): void {
    assert(!this.#closed, 'the log is open');
    if (this.#pending.bytes === 0) return;
    try {
      withAvailability(this.#parts.name, () => this.#write());
      this.#publish();
    } finally {
      this.#pending.clear();
    }
    const { segment, capacity } = this.#active;
    this.#parts.preparer?.follow(segment.bytes / capacity, this.#nextCapacity());
  }

  read(from: number, bytesMax: number): LogRecord[] {
    assert(!this.#closed, 'the log is open');
    assert(Number.isSafeInteger(from) && from > 0, 'a position is a whole number from 1 on');
    if (from > this.nextSeq) throw new BeyondEndError(from, this.nextSeq);
    if (from < this.firstSeq) throw new GapError(from, this.firstSeq, 'removed by retention');
    if (from === this.nextSeq) return [];
    return withAvailability(this.#parts.name, () => this.#readFrom(from, bytesMax));
  }

  seqAtTime(time: number): number {
    assert(!this.#closed && !Number.isNaN(time), 'the log is open, and a time is a number');
    const i = countWhere(this.#segments, (segment) => segment.lastAppendedAt < time);
    const segment = this.#segments[i];
    if (segment === undefined) return this.nextSeq;
    return withAvailability(this.#parts.name, () => this.#findTime(segment, time));
  }

  lastProducerSeq(producer: string): number | undefined {
    return this.#producers.last(producer);
  }

  placements(producer: string, first: number, last: number): Placement[] {
    return this.#producers.placements(producer, first, last);
  }

  retain(policy: RetentionPolicy): number {
    assert(!this.#closed, 'the log is open');
    const before = this.firstSeq;
    withAvailability(this.#parts.name, () => {
      for (const segment of removalsUnder(policy, this.#segments)) this.#remove(segment);
    });
    return this.firstSeq - before;
  }

  stats(): LogStats {
    return {
      bytes: this.#segments.reduce((sum, segment) => sum + segment.bytes, 0),
      segments: this.#segments.length,
      lastAppendedAt: this.nextSeq === 1 ? null : this.#active.segment.lastAppendedAt,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pending.clear();
    this.#parts.preparer?.close();
    this.#files.close();
    this.#parts.io.close(this.#active.fd);
  }

  #readFrom(from: number, bytesMax: number): LogRecord[] {
    const segment = this.#segmentOf(from);
    const { fd, index } = this.#open(segment);
    const { io } = this.#parts;
    const start = this.#hints.find(segment, from) ??
      index.atOrBeforeSeq(from) ?? { seq: segment.firstSeq, offset: segmentHeaderBytes };
    const { records, next } = readRecords({ io, fd, segment, start, from, bytesMax });
    this.#hints.note(segment, next);
    return records;
  }

  /** The first event of a segment appended at or after a time; its end where there is none. */
  #findTime(segment: Segment, time: number): number {
    const { fd, index } = this.#open(segment);
    const start = index.beforeTime(time) ?? { seq: segment.firstSeq, offset: segmentHeaderBytes };
    const end = scan({
      io: this.#parts.io,
      fd,
      from: start.offset,
      seq: start.seq,
      to: segment.bytes,
      verify: false,
      visit: ({ header }) => header.appendedAt < time && header.seq < segment.endSeq,
    });
    if (end.why !== 'stopped' && end.seq < segment.endSeq) throw damagedRecord(segment.path, end);
    return end.seq;
  }

  /** On a full disk the room that was prepared for later is given up for what is to be written now. */
  #write(): void {
    try {
      this.#writeOnce();
    } catch (error) {
      if (!isOutOfSpace(error) || !this.#parts.preparer?.giveBack()) throw error;
      this.#writeOnce();
    }
  }

  #writeOnce(): void {
    const { bytes, buffer } = this.#pending;
    this.#repair();
    try {
      if (!this.#active.hasRoomFor(bytes)) this.#roll(bytes);
      this.#active.append(buffer, bytes);
    } catch (error) {
      this.#tryRepair();
      throw error;
    }
  }

  /** Lets readers and producers see what has become durable. */
  #publish(): void {
    const { segment, index } = this.#active;
    const base = segment.bytes - this.#pending.bytes;
    for (const record of this.#pending.records) {
      index.add({ seq: record.seq, offset: base + record.offset, appendedAt: record.appendedAt });
      this.#producers.note(record);
      segment.lastAppendedAt = record.appendedAt;
    }
    this.#hints.note(segment, { seq: segment.endSeq, offset: base });
    segment.endSeq += this.#pending.events;
  }

  /** Puts a new segment in place and goes on in it. */
  #roll(bytes: number): void {
    const { io, dir, durable, clock, preparer, segmentBytesMax } = this.#parts;
    const old = this.#active;
    const firstSeq = this.nextSeq;
    const path = join(dir, segmentFileName(firstSeq, 'seg'));
    const snapshot = join(dir, segmentFileName(firstSeq, 'producers'));
    writeSnapshot(io, { path: snapshot, seq: firstSeq, producers: this.#producers.entries(), durable });
    const prepared = preparer?.take(segmentHeaderBytes + bytes) ?? null;
    this.#undoRoll = () => {
      // Under its own name it would be removed only when the log is opened again, and keep the space till then.
      if (prepared !== null && io.exists(prepared.path)) io.remove(prepared.path);
      if (io.exists(path)) io.remove(path);
      if (durable) io.syncDir(dir);
    };
    const segment = createSegment({
      io,
      dir,
      durable,
      header: {
        firstSeq,
        previousSeq: old.segment.firstSeq,
        appendedBefore: old.segment.lastAppendedAt,
        createdAt: clock(),
      },
      preparedPath: prepared?.path,
    });
    this.#active = new ActiveSegment({
      io,
      segment,
      index: new SeqIndex(),
      capacity: prepared?.bytes ?? segmentBytesMax,
      preallocated: prepared !== null,
      durable,
    });
    this.#undoRoll = null;
    this.#segments.push(segment);
    this.#closeSegment(old);
  }

  #closeSegment(old: ActiveSegment): void {
    const { io, dir } = this.#parts;
    const { segment, index, fd } = old;
    this.#files.adopt(segment, { fd, index });
    try {
      old.cut();
    } catch (error) {
      if (!isSystemFailure(error)) throw error;
      // Its index, written only after it, is missing then: opening the log again cuts it.
      return;
    }
    saveIndex({ io, dir, segment, index });
  }

  /** Takes away what a failed commit has left. */
  #repair(): void {
    this.#active.restore();
    this.#undoRoll?.();
    this.#undoRoll = null;
  }

  #tryRepair(): void {
    try {
      this.#repair();
    } catch (error) {
      // The next commit tries again, before it writes anything.
      if (!isSystemFailure(error)) throw error;
    }
  }

  #nextCapacity(): number {
    return Math.min(this.#parts.segmentBytesMax, this.#active.capacity * 2);
  }

  #segmentOf(seq: number): Segment {
    if (seq >= this.#active.segment.firstSeq) return this.#active.segment;
    return this.#segments[countWhere(this.#segments, (segment) => segment.firstSeq <= seq) - 1]!;
  }

  #open(segment: Segment): OpenSegment {
    return segment === this.#active.segment ? this.#active : this.#files.get(segment);
  }

  /** Removes the oldest segment. A crash on the way leaves at most files that opening clears away. */
  #remove(segment: Segment): void {
    const { io, dir, durable } = this.#parts;
    assert.equal(segment, this.#segments[0], 'segments are removed from the oldest on');
    this.#files.forget(segment);
    io.remove(segment.path);
    this.#segments.shift();
    for (const kind of ['idx', 'producers'] as const) {
      const path = join(dir, segmentFileName(segment.firstSeq, kind));
      if (io.exists(path)) io.remove(path);
    }
    // One by one: were a later segment's removal durable and not an earlier one's, the log would have a hole.
    if (durable) io.syncDir(dir);
  }
}
