import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { ActiveSegment } from './active-segment.js';
import { createSegment } from './create-segment.js';
import { withAvailability } from './errors.js';
import { loadIdentity } from './identity.js';
import { type LogIo, nodeIo } from './io.js';
import { type Recovered, recover } from './recovery.js';
import { SegmentLog } from './segment-log.js';
import { SegmentPreparer } from './segment-preparer.js';
import { SeqIndex } from './seq-index.js';

/** The smallest segment that can be asked for. */
export const segmentBytesMin = 4 * 1024;
const segmentBytesDefault = 64 * 1024 * 1024;
/**
 * The first segment of a log is small, and each one twice the one before up to the limit: opening a new log
 * takes milliseconds, a log that stays small takes little disk, and the next one is ready when it is needed.
 */
const firstSegmentBytes = 4 * 1024 * 1024;

export interface OpenLogOptions {
  /** The log's own folder; made, 0700, where there is none. */
  dir: string;
  /** `fsync`: what is committed survives the loss of power. `none`: only that of the process. */
  durability: 'fsync' | 'none';
  /** A segment is closed rather than grow past so many bytes; at least 4 KiB, 64 MiB by default. */
  segmentBytesMax?: number;
  /** How errors call this log; by default its folder's name. */
  name?: string;
  /** Unix seconds; for the files' own creation times only. */
  clock?: () => number;
  io?: LogIo;
}

/**
 * Opens a log, or makes a new one. Only one process may have it open: see that it is so with a lock.
 *
 * Throws `LogUnavailableError` where the files cannot be read or written, and `CorruptLogError` where a segment
 * is missing or acknowledged events of the last one are damaged.
 */
export function openLog(options: OpenLogOptions): SegmentLog {
  const { durability, segmentBytesMax = segmentBytesDefault, io = nodeIo } = options;
  const { clock = () => Date.now() / 1000 } = options;
  assert(
    Number.isSafeInteger(segmentBytesMax) && segmentBytesMax >= segmentBytesMin,
    'a segment has 4 KiB or more',
  );
  const dir = resolve(options.dir);
  const name = options.name ?? basename(dir);
  const durable = durability === 'fsync';
  return withAvailability(name, () => {
    makeFolder(io, dir, durable);
    const recovered = recover({ io, dir, durable });
    const hasSegments = recovered.segments.length > 0;
    const id = loadIdentity({ io, dir, durable, clock, hasSegments });
    const active = openActive({ io, dir, durable, clock, segmentBytesMax, recovered });
    const segments = hasSegments ? recovered.segments : [active.segment];
    const { producers } = recovered;
    const preparer = durable ? new SegmentPreparer(io, join(dir, `next-${randomUUID()}.tmp`)) : null;
    return new SegmentLog({
      id,
      name,
      dir,
      io,
      durable,
      segmentBytesMax,
      clock,
      segments,
      active,
      producers,
      preparer,
    });
  });
}

/** Makes the folder and those above it, each durable in the one above. */
function makeFolder(io: LogIo, dir: string, durable: boolean): void {
  const created = io.makeDir(dir);
  if (created === undefined || !durable) return;
  for (let folder = dir; folder.length >= created.length; folder = dirname(folder))
    io.syncDir(dirname(folder));
}

interface OpenActiveOptions {
  io: LogIo;
  dir: string;
  durable: boolean;
  clock: () => number;
  segmentBytesMax: number;
  recovered: Recovered;
}

/** Goes on in the last segment, or begins the first one. */
function openActive(options: OpenActiveOptions): ActiveSegment {
  const { io, dir, durable, clock, segmentBytesMax, recovered } = options;
  const segment = recovered.segments.at(-1);
  if (segment !== undefined && recovered.active !== null) {
    const { index, preallocated, size } = recovered.active;
    const capacity = preallocated ? size : segmentBytesMax;
    return new ActiveSegment({ io, segment, index, capacity, preallocated, durable });
  }
  const capacity = durable ? Math.min(firstSegmentBytes, segmentBytesMax) : segmentBytesMax;
  const first = createSegment({
    io,
    dir,
    durable,
    header: { firstSeq: 1, previousSeq: 0, appendedBefore: 0, createdAt: clock() },
    preallocatedBytes: durable ? capacity : 0,
  });
  return new ActiveSegment({
    io,
    segment: first,
    index: new SeqIndex(),
    capacity,
    preallocated: durable,
    durable,
  });
}
