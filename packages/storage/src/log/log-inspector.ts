import { join } from 'node:path';
import { CorruptLogError, isSystemFailure } from './errors.js';
import { readIdentity } from './identity.js';
import { checkIndex, checkProducers } from './inspect-beside.js';
import { inspectSegment } from './inspect-segment.js';
import { type LogIo, nodeIo, openFlags, readFully } from './io.js';
import { ProducerTable } from './producers.js';
import {
  decodeSegmentHeader,
  parseFileName,
  type SegmentHeader,
  segmentFileName,
  segmentHeaderBytes,
} from './segment-file.js';
import type { LogRecord } from './types.js';
import { damagedEvents, damagedSegment, disorder, type LogFinding, type LogReport } from './verify-report.js';

export interface InspectLogOptions {
  /** The log's folder. */
  dir: string;
  /** Begins with the segment that holds this place. Default: with the oldest. */
  from?: number;
  /** How long a last record that is not whole may take to become so, milliseconds. Default 1000. */
  patience_ms?: number;
  /** Syncs the last segment before it is read: what is read then survives the loss of power. Default false. */
  sync?: boolean;
  io?: LogIo;
}

/** A segment as found. */
interface Found {
  path: string;
  firstSeq: number;
  header: SegmentHeader | null;
}

/**
 * Reads a whole log without opening it, also while the bus writes it, and says all that is wrong with it.
 *
 * **Ordering.** Pages come in the order of `seq`, from the oldest event still there. What is appended after the
 * look began is left for the next time; what retention removes meanwhile is passed over and noted.
 *
 * **Failure.** Nothing is written, locked or repaired. Damage ends no reading: it is put into the report, and
 * reading goes on at the next whole record.
 */
export class LogInspector {
  readonly report: LogReport;
  readonly #io: LogIo;
  readonly #dir: string;
  readonly #sync: boolean;
  readonly #from: number;
  readonly #patience_ms: number;
  readonly #producers = new ProducerTable();
  #appendedAt: number | null = null;
  /** Whether the producers of all that is left of the log are known so far. */
  #isComplete = true;

  /** Throws what listing the folder throws. */
  constructor(options: InspectLogOptions) {
    const { dir, sync = false, from = 1, patience_ms = 1_000, io = nodeIo } = options;
    this.#dir = dir;
    this.#sync = sync;
    this.#from = from;
    this.#patience_ms = patience_ms;
    this.#io = io;
    const first = this.#list()[0] ?? 1;
    this.report = {
      id: null,
      first,
      next: first,
      segments: 0,
      records: 0,
      events: 0,
      bytes: 0,
      findings: [],
      notes: [],
    };
    this.#readIdentity();
  }

  /** Damage that events are lost by, of this kind. */
  get hasLostEvents(): boolean {
    return this.report.findings.some(({ kind }) => kind === 'events');
  }

  *pages(): Generator<LogRecord[]> {
    const firsts = this.#list();
    let previous: Found | undefined;
    for (const [i, firstSeq] of firsts.entries()) {
      const following = firsts[i + 1];
      const fd = this.#open(firstSeq);
      if (fd === null) {
        // Retention removes from the oldest on: where an earlier one is still there, this one is missing.
        if (firsts.slice(0, i).some((seq) => this.#io.exists(this.#path(seq)))) continue;
        this.report.notes.push(`${this.#path(firstSeq)} was removed by retention meanwhile`);
        if (previous === undefined) this.report.first = this.report.next = following ?? firstSeq;
        previous = undefined;
        this.#isComplete = false;
        continue;
      }
      try {
        const found = this.#readHeader(firstSeq, fd, following);
        this.#checkChain(previous, found);
        this.#checkBeside(found, i === 0);
        const isLast = following === undefined;
        const endSeq = isLast ? null : this.#endOf(firstSeq, following);
        yield* this.#readSegment(found, fd, endSeq);
        previous = found;
      } finally {
        this.#io.close(fd);
      }
    }
  }

  #list(): number[] {
    const firsts = this.#io
      .list(this.#dir)
      .map(parseFileName)
      .filter((name) => name?.kind === 'seg')
      .map((name) => name!.firstSeq)
      .sort((a, b) => a - b);
    const before = firsts.filter((firstSeq) => firstSeq <= this.#from).length;
    return firsts.slice(Math.max(before - 1, 0));
  }

  #readIdentity(): void {
    try {
      this.report.id = readIdentity(this.#io, this.#dir);
      if (this.report.id !== null) return;
      throw new CorruptLogError({
        file: join(this.#dir, 'log.json'),
        offset: 0,
        seq: 0,
        found: 'no such file',
        expected: 'the identity of the log',
        remedy: 'restore the file from a backup; the store knows the log by its log_id',
      });
    } catch (error) {
      if (!(error instanceof CorruptLogError)) throw error;
      this.#find({
        kind: 'identity',
        file: error.file,
        offset: 0,
        from: null,
        to: null,
        found: error.found ?? 'something else',
        expected: error.expected ?? 'the identity of the log',
        safe: 'all events',
        remedy: error.remedy ?? 'restore the file from a backup',
      });
    }
  }

  /** Null where the segment has gone since the folder was listed. */
  #open(firstSeq: number): number | null {
    try {
      return this.#io.open(this.#path(firstSeq), openFlags.read);
    } catch (error) {
      if (isSystemFailure(error) && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  #readHeader(firstSeq: number, fd: number, following: number | undefined): Found {
    const path = this.#path(firstSeq);
    const content = Buffer.alloc(segmentHeaderBytes);
    const length = readFully(this.#io, fd, content, { offset: 0, length: content.length, position: 0 });
    const header = decodeSegmentHeader(content.subarray(0, length));
    const isRight = header?.firstSeq === firstSeq;
    if (!isRight) {
      this.#find(
        damagedSegment({
          file: path,
          from: firstSeq,
          to: following ?? null,
          found:
            header === null ? 'no segment header' : `a header of the segment of event ${header.firstSeq}`,
          expected: `the header of the segment of event ${firstSeq}`,
          safe: 'what its records say, where it is not named here as well',
        }),
      );
    }
    return { path, firstSeq, header: isRight ? header : null };
  }

  /** Each segment names the one before it: a missing file shows by that. */
  #checkChain(previous: Found | undefined, { path, firstSeq, header }: Found): void {
    if (header === null || previous === undefined) return;
    if (header.previousSeq !== previous.firstSeq) {
      this.#isComplete = false;
      this.#find(
        damagedSegment({
          file: this.#path(header.previousSeq),
          from: header.previousSeq,
          to: firstSeq,
          found: 'no such file',
          expected: `the segment before ${segmentFileName(firstSeq, 'seg')}`,
          safe: `the events before ${header.previousSeq}, and those from ${firstSeq} on`,
        }),
      );
    } else if (this.#appendedAt !== null && header.appendedBefore !== this.#appendedAt) {
      const [found, expected] = [`before it a time of ${header.appendedBefore}`, `${this.#appendedAt}`];
      if (this.#isComplete) this.#find(disorder({ file: path, offset: 32, seq: firstSeq, found, expected }));
    }
  }

  /** Where the next file does not follow this one, the place where the missing one began. */
  #endOf(firstSeq: number, following: number): number {
    const fd = this.#open(following);
    if (fd === null) return following;
    try {
      const content = Buffer.alloc(segmentHeaderBytes);
      const length = readFully(this.#io, fd, content, { offset: 0, length: content.length, position: 0 });
      const previousSeq = decodeSegmentHeader(content.subarray(0, length))?.previousSeq ?? firstSeq;
      return previousSeq > firstSeq ? previousSeq : following;
    } finally {
      this.#io.close(fd);
    }
  }

  #checkBeside({ firstSeq, header }: Found, isFirst: boolean): void {
    const { previousSeq } = header ?? {};
    const checked = checkProducers({
      io: this.#io,
      path: join(this.#dir, segmentFileName(firstSeq, 'producers')),
      segment: this.#path(firstSeq),
      firstSeq,
      isNeeded: previousSeq !== undefined && previousSeq !== 0,
      known: isFirst || !this.#isComplete ? null : this.#producers,
    });
    if (checked.finding !== null) this.#find(checked.finding);
    if (!isFirst) return;
    for (const [producer, last] of checked.producers ?? []) {
      this.#producers.note({ producer, producerSeq: last, seq: firstSeq, count: 1 });
    }
  }

  *#readSegment({ path, firstSeq }: Found, fd: number, endSeq: number | null): Generator<LogRecord[]> {
    if (endSeq === null && this.#sync) this.#io.sync(fd);
    const size = this.#io.size(fd);
    const offsets = new Map<number, number>();
    this.report.segments += 1;
    const end = yield* this.#checked(
      path,
      offsets,
      inspectSegment({
        io: this.#io,
        fd,
        firstSeq,
        endSeq,
        size,
        patience_ms: this.#patience_ms,
        onRecord: ({ seq }, offset) => void offsets.set(seq, offset),
        onDamage: (damage) => {
          this.#isComplete = false;
          this.#find(damagedEvents({ file: path, isLast: endSeq === null, ...damage }));
        },
        onTornTail: ({ offset, seq, bytes }) => {
          this.report.notes.push(
            `${path}: ${bytes} bytes from byte ${offset} on, behind event ${seq - 1}, are no whole record: what a crash left of a commit that nobody was told of, or damage to the very last one. The bus cuts them when it starts`,
          );
        },
      }),
    );
    this.report.next = end.seq;
    this.report.bytes += end.offset;
    if (endSeq === null) return;
    const index = checkIndex({
      io: this.#io,
      path: join(this.#dir, segmentFileName(firstSeq, 'idx')),
      firstSeq,
      endSeq,
      offsets,
    });
    if (index !== null) this.#find(index);
  }

  /** Passes the pages on and looks at what their records say of each other. */
  *#checked(
    file: string,
    offsets: ReadonlyMap<number, number>,
    pages: ReturnType<typeof inspectSegment>,
  ): Generator<LogRecord[], { offset: number; seq: number }> {
    for (;;) {
      const step = pages.next();
      if (step.done) return step.value;
      for (const record of step.value) this.#checkRecord(file, offsets.get(record.seq) ?? 0, record);
      this.report.records += step.value.length;
      for (const { count } of step.value) this.report.events += count;
      yield step.value;
    }
  }

  #checkRecord(file: string, offset: number, record: LogRecord): void {
    const { seq, count, appendedAt, producer, producerSeq } = record;
    const report = (found: string, expected: string) =>
      this.#find(disorder({ file, offset, seq, found, expected }));
    if (this.#appendedAt !== null && appendedAt < this.#appendedAt) {
      report(`appended at ${appendedAt}`, `a time from ${this.#appendedAt} on`);
    }
    this.#appendedAt = appendedAt;
    const lines = countLines(record.body);
    if (lines !== count) report(`${lines} lines`, `${count} events, one a line`);
    if (producer === '') return;
    const last = this.#producers.last(producer);
    if (last !== undefined && producerSeq <= last) {
      report(
        `events ${producerSeq} on of producer ${producer}`,
        `none before its ${last + 1}th: they were appended before`,
      );
    }
    this.#producers.note({ producer, producerSeq, seq, count });
  }

  #path(firstSeq: number): string {
    return join(this.#dir, segmentFileName(firstSeq, 'seg'));
  }

  #find(finding: LogFinding): void {
    this.report.findings.push(finding);
  }
}

function countLines(body: Buffer): number {
  let lines = 1;
  for (let at = body.indexOf(10); at !== -1; at = body.indexOf(10, at + 1)) lines += 1;
  return lines;
}
