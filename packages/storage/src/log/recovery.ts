import { join } from 'node:path';
import { CorruptLogError } from './errors.js';
import { identityFileName } from './identity.js';
import { type LogIo, openFlags, readFully } from './io.js';
import { readSnapshot } from './producer-snapshot.js';
import { ProducerTable } from './producers.js';
import { damagedRecord } from './read-records.js';
import { type RecordHeader, recordHeaderBytes } from './record.js';
import { scan } from './scan.js';
import {
  decodeSegmentHeader,
  parseFileName,
  type Segment,
  type SegmentHeader,
  segmentFileName,
  segmentHeaderBytes,
} from './segment-file.js';
import { indexPath, rebuildIndex } from './segment-files.js';
import { SeqIndex } from './seq-index.js';
import { settleTail } from './tail.js';

export interface RecoveryOptions {
  io: LogIo;
  dir: string;
  durable: boolean;
}

export interface Recovered {
  /** In order; none for a new log. The last one is the active one. */
  segments: Segment[];
  /** What is needed to go on writing the last one. */
  active: { index: SeqIndex; size: number; preallocated: boolean } | null;
  producers: ProducerTable;
}

/**
 * Finds out where a log stands. Of closed segments only the headers are read, so that a large log opens as fast
 * as a small one; the last segment is read whole and every checksum compared.
 */
export function recover(options: RecoveryOptions): Recovered {
  const segments = loadSegments(options);
  const last = segments.at(-1);
  if (last === undefined) return { segments, active: null, producers: new ProducerTable() };
  finishClosing(options, segments.at(-2));
  const producers = recoverProducers(options, segments);
  const active = recoverLast(options, last, producers);
  return { segments, active, producers };
}

/** Lists the segments, checks that they follow each other, and clears away what interrupted work has left. */
function loadSegments(options: RecoveryOptions): Segment[] {
  const { io, dir } = options;
  const names = io.list(dir);
  const firsts = names
    .map(parseFileName)
    .filter((name) => name?.kind === 'seg')
    .map((name) => name!.firstSeq)
    .sort((a, b) => a - b);
  removeLeftovers(options, names, new Set(firsts));
  const segments: Segment[] = [];
  for (const [i, firstSeq] of firsts.entries()) {
    const path = join(dir, segmentFileName(firstSeq, 'seg'));
    const loaded = loadHeader(options, path);
    // Without syncs a power cut can leave a name without content; nothing was promised of it.
    const isLast = i === firsts.length - 1;
    if (loaded === null && !options.durable && isLast && (i > 0 || hasNoHeader(options, path))) {
      io.remove(path);
      break;
    }
    const previous = segments.at(-1);
    const { appendedBefore } = checkHeader({ path, firstSeq, header: loaded?.header ?? null, previous });
    if (previous !== undefined) {
      previous.endSeq = firstSeq;
      previous.lastAppendedAt = appendedBefore;
    }
    const bytes = loaded?.size ?? 0;
    segments.push({ path, firstSeq, endSeq: firstSeq, bytes, lastAppendedAt: appendedBefore });
  }
  return segments;
}

function loadHeader({ io }: RecoveryOptions, path: string): { header: SegmentHeader; size: number } | null {
  const fd = io.open(path, openFlags.read);
  try {
    const content = Buffer.alloc(segmentHeaderBytes);
    const length = readFully(io, fd, content, { offset: 0, length: content.length, position: 0 });
    const header = decodeSegmentHeader(content.subarray(0, length));
    return header === null ? null : { header, size: io.size(fd) };
  } finally {
    io.close(fd);
  }
}

/** Whether there is nothing where the header should be. What is something else is not ours to remove. */
function hasNoHeader({ io }: RecoveryOptions, path: string): boolean {
  const fd = io.open(path, openFlags.read);
  try {
    const content = Buffer.alloc(segmentHeaderBytes);
    readFully(io, fd, content, { offset: 0, length: content.length, position: 0 });
    return content.every((byte) => byte === 0);
  } finally {
    io.close(fd);
  }
}

interface HeaderCheck {
  path: string;
  firstSeq: number;
  header: SegmentHeader | null;
  previous: Segment | undefined;
}

/** Returns the header, known to be the right one. */
function checkHeader({ path, firstSeq, header, previous }: HeaderCheck): SegmentHeader {
  const refuse = (found: string, expected: string): never => {
    throw new CorruptLogError({
      file: path,
      offset: 0,
      seq: firstSeq,
      found,
      expected,
      remedy: 'restore the missing or damaged segment from a backup',
    });
  };
  if (header === null) return refuse('no segment header', 'the header of a segment, format 1');
  if (header.firstSeq !== firstSeq) {
    refuse(
      `a header of the segment of event ${header.firstSeq}`,
      `that of event ${firstSeq}, as the file is named`,
    );
  }
  if (previous !== undefined && header.previousSeq !== previous.firstSeq) {
    refuse(
      `before it the segment ${segmentFileName(previous.firstSeq, 'seg')}`,
      `the segment ${segmentFileName(header.previousSeq, 'seg')}, which is missing`,
    );
  }
  return header;
}

const temporaryPattern = /^(\d{20}\.(idx|producers)|next-[0-9a-f-]{36}|segment)\.tmp$/;

function removeLeftovers({ io, dir }: RecoveryOptions, names: string[], firsts: Set<number>): void {
  for (const name of names) {
    const parsed = parseFileName(name);
    const isOrphan = parsed !== null && !firsts.has(parsed.firstSeq);
    if (isOrphan || temporaryPattern.test(name) || name === `${identityFileName}.tmp`)
      io.remove(join(dir, name));
  }
}

/** Cuts and indexes the segment before the last one, where a crash came between its end and its closing. */
function finishClosing({ io, dir, durable }: RecoveryOptions, segment: Segment | undefined): void {
  if (segment === undefined || io.exists(indexPath(dir, segment))) return;
  const fd = io.open(segment.path, openFlags.write);
  try {
    const size = segment.bytes;
    rebuildIndex({ io, dir, segment, fd });
    if (segment.bytes === size) return;
    io.truncate(fd, segment.bytes);
    if (durable) io.sync(fd);
  } finally {
    io.close(fd);
  }
}

/**
 * What was known of producers when the last segment began. It is in a file beside it; where that is missing or
 * damaged, in an earlier one and in the segments since.
 */
function recoverProducers({ io, dir }: RecoveryOptions, segments: Segment[]): ProducerTable {
  let begin = segments.length - 1;
  let known = readSnapshotOf(begin);
  while (known === null && begin > 0) {
    begin -= 1;
    known = readSnapshotOf(begin);
  }
  const producers = new ProducerTable(known ?? []);
  for (const segment of segments.slice(begin, -1)) noteAll(io, segment, producers);
  return producers;

  function readSnapshotOf(i: number): Array<[string, number]> | null {
    const { firstSeq } = segments[i]!;
    return readSnapshot(io, join(dir, segmentFileName(firstSeq, 'producers')), firstSeq);
  }
}

/** Reads a closed segment for its producers. */
function noteAll(io: LogIo, segment: Segment, producers: ProducerTable): void {
  const fd = io.open(segment.path, openFlags.read);
  try {
    const end = scan({
      io,
      fd,
      from: segmentHeaderBytes,
      seq: segment.firstSeq,
      to: segment.bytes,
      verify: true,
      visit({ header, buffer, at }) {
        if (header.seq >= segment.endSeq) return false;
        noteRecord(producers, header, buffer, at);
        return true;
      },
    });
    if (end.seq !== segment.endSeq) throw damagedRecord(segment.path, end);
  } finally {
    io.close(fd);
  }
}

function noteRecord(producers: ProducerTable, header: RecordHeader, buffer: Buffer, at: number): void {
  if (header.producerBytes === 0) return;
  const from = at + recordHeaderBytes;
  producers.note({
    producer: buffer.toString('utf8', from, from + header.producerBytes),
    producerSeq: header.producerSeq,
    seq: header.seq,
    count: header.count,
  });
}

function recoverLast(options: RecoveryOptions, last: Segment, producers: ProducerTable): Recovered['active'] {
  const { io, durable } = options;
  const index = new SeqIndex();
  const fd = io.open(last.path, openFlags.write);
  try {
    const size = last.bytes;
    const end = scan({
      io,
      fd,
      from: segmentHeaderBytes,
      seq: last.firstSeq,
      to: size,
      verify: true,
      visit({ header, buffer, at, offset }) {
        index.add({ seq: header.seq, offset, appendedAt: header.appendedAt });
        noteRecord(producers, header, buffer, at);
        last.lastAppendedAt = header.appendedAt;
        return true;
      },
    });
    const { preallocated } = settleTail({ io, fd, path: last.path, size, durable, ...end });
    last.endSeq = end.seq;
    last.bytes = end.offset;
    return { index, size, preallocated };
  } finally {
    io.close(fd);
  }
}
