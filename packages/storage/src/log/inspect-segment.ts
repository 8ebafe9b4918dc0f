import { findRecord, lastWritten } from './find-record.js';
import type { LogIo } from './io.js';
import { RecordHeader, recordHeaderBytes } from './record.js';
import { type ScanEnd, scan } from './scan.js';
import { segmentHeaderBytes } from './segment-file.js';
import type { LogRecord } from './types.js';

/** About so much is handed over at once. */
const pageBytes = 4 * 1024 * 1024;
/** After how long a last record that is not whole is looked at again. */
const look_ms = 25;

export interface SegmentLook {
  io: LogIo;
  fd: number;
  firstSeq: number;
  /** The place after its last event: the segment that follows begins there; null for the last one. */
  endSeq: number | null;
  /** Of the file, when the look began. */
  size: number;
  /** How long a last record that is not whole may take to become so. */
  patience_ms: number;
  /** Hears of events `from` up to `to` that cannot be read, and where the first of them should be. */
  onDamage: (damage: { offset: number; from: number; to: number; found: string }) => void;
  /** Hears of bytes behind the last whole record of the last segment. */
  onTornTail: (tail: { offset: number; seq: number; bytes: number }) => void;
  /** Hears of each record's place in the file. */
  onRecord: (header: RecordHeader, offset: number) => void;
}

/**
 * Goes through the records of one segment without changing anything, and goes on behind damage.
 *
 * The segment may be the one the bus writes: only what was written when the look began is read, and a record that
 * is being written just then is waited for.
 */
export function* inspectSegment(look: SegmentLook): Generator<LogRecord[], { offset: number; seq: number }> {
  const { io, fd, firstSeq, endSeq, size } = look;
  const written = endSeq === null ? lastWritten(io, fd, segmentHeaderBytes, size) : size;
  let at: { offset: number; seq: number } = { offset: segmentHeaderBytes, seq: firstSeq };
  for (let waited_ms = 0; ; ) {
    const { records, end } = readPage(look, at, written);
    if (records.length > 0) {
      yield records;
      waited_ms = 0;
    }
    at = { offset: end.offset, seq: end.seq };
    if (end.why === 'stopped' && at.offset < written && (endSeq === null || at.seq < endSeq)) continue;
    if (endSeq === null ? at.offset >= written : at.seq >= endSeq) return at;
    const next = findNext(look, at, written);
    if (endSeq === null && next === null) {
      // Nothing whole behind it: it may be on its way just now, or be what a crash left.
      if (waited_ms < look.patience_ms) {
        waited_ms += look_ms;
        pause(look_ms);
        continue;
      }
      look.onTornTail({ ...at, bytes: written - at.offset });
      return at;
    }
    const to = next?.seq ?? endSeq!;
    look.onDamage({ offset: at.offset, from: at.seq, to, found: describe(look, at, end) });
    if (next === null) return { offset: at.offset, seq: to };
    at = next;
  }
}

function readPage(
  look: SegmentLook,
  at: { offset: number; seq: number },
  written: number,
): { records: LogRecord[]; end: ScanEnd } {
  const records: LogRecord[] = [];
  let bytes = 0;
  const end = scan({
    io: look.io,
    fd: look.fd,
    from: at.offset,
    seq: at.seq,
    to: look.size,
    verify: true,
    visit({ header, buffer, at: place, offset }) {
      if (bytes > 0 && bytes + header.length > pageBytes) return false;
      if (offset >= written || (look.endSeq !== null && header.seq >= look.endSeq)) return false;
      records.push(copyRecord(header, buffer, place));
      look.onRecord(header, offset);
      bytes += header.length;
      return true;
    },
  });
  return { records, end };
}

function copyRecord(header: RecordHeader, buffer: Buffer, at: number): LogRecord {
  const bodyAt = at + recordHeaderBytes + header.producerBytes;
  const producer = buffer.toString('utf8', at + recordHeaderBytes, bodyAt);
  return {
    seq: header.seq,
    count: header.count,
    appendedAt: header.appendedAt,
    producer,
    producerSeq: header.producerSeq,
    // The scan uses its buffer again.
    body: Buffer.from(buffer.subarray(bodyAt, at + header.length)),
  };
}

function findNext({ io, fd, endSeq }: SegmentLook, at: { offset: number; seq: number }, written: number) {
  const seqBefore = endSeq ?? Number.MAX_SAFE_INTEGER;
  return findRecord({ io, fd, from: at.offset, to: written, seqAfter: at.seq, seqBefore });
}

/** What stands where a record should be. */
function describe({ io, fd, size }: SegmentLook, at: { offset: number; seq: number }, end: ScanEnd): string {
  if (end.why === 'blank') return 'zeros';
  if (end.why === 'end') return 'the end of the file';
  const head = Buffer.alloc(recordHeaderBytes);
  const length = Math.min(head.length, size - at.offset);
  if (io.read(fd, head, { offset: 0, length, position: at.offset }) < recordHeaderBytes) {
    return 'a piece of a record';
  }
  const header = new RecordHeader();
  header.fill(head, 0);
  if (header.seq === at.seq && header.isPlausible) return 'a record whose checksum does not match';
  return header.isPlausible ? `a record of event ${header.seq}` : 'no record';
}

/** The reader has nothing else to do, and the bus is another process. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
