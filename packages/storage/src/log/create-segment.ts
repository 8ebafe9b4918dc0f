import { join } from 'node:path';
import { type LogIo, openFlags, writeFully, writeZeros } from './io.js';
import {
  encodeSegmentHeader,
  type Segment,
  type SegmentHeader,
  segmentFileName,
  segmentHeaderBytes,
} from './segment-file.js';

export interface CreateSegmentOptions {
  io: LogIo;
  dir: string;
  header: SegmentHeader;
  /** A file that is already filled with zeros, to be used. */
  preparedPath?: string | undefined;
  /** Fills a new file with zeros up to this size. */
  preallocatedBytes?: number;
  durable: boolean;
}

/** Puts an empty segment in place: it appears under its name with its header written, or not at all. */
export function createSegment(options: CreateSegmentOptions): Segment {
  const { io, dir, header, preparedPath, preallocatedBytes = 0, durable } = options;
  const temporary = preparedPath ?? join(dir, 'segment.tmp');
  const fd = io.open(temporary, preparedPath === undefined ? openFlags.create : openFlags.write);
  try {
    writeZeros(io, fd, 0, preallocatedBytes);
    const content = encodeSegmentHeader(header);
    writeFully(io, fd, content, { offset: 0, length: content.length, position: 0 });
    if (durable) io.sync(fd);
  } finally {
    io.close(fd);
  }
  const path = join(dir, segmentFileName(header.firstSeq, 'seg'));
  io.rename(temporary, path);
  if (durable) io.syncDir(dir);
  return {
    path,
    firstSeq: header.firstSeq,
    endSeq: header.firstSeq,
    bytes: segmentHeaderBytes,
    lastAppendedAt: header.appendedBefore,
  };
}
