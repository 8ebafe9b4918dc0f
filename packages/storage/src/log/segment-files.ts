import { join } from 'node:path';
import { isSystemFailure } from './errors.js';
import { type LogIo, openFlags, readFile, replaceFile } from './io.js';
import { scan } from './scan.js';
import { type Segment, segmentFileName, segmentHeaderBytes } from './segment-file.js';
import { SeqIndex } from './seq-index.js';

/** Closed segments that are kept open for readers: one for each place they are at. */
const openMax = 32;

/** What reading a segment takes. */
export interface OpenSegment {
  fd: number;
  index: SeqIndex;
}

/** Closed segments, opened when they are first read; the ones read longest ago are closed again. */
export class SegmentFiles {
  readonly #io: LogIo;
  readonly #dir: string;
  readonly #open = new Map<Segment, OpenSegment>();

  constructor(io: LogIo, dir: string) {
    this.#io = io;
    this.#dir = dir;
  }

  get(segment: Segment): OpenSegment {
    const known = this.#open.get(segment);
    const open = known ?? this.#load(segment);
    if (known !== undefined) this.#open.delete(segment);
    this.adopt(segment, open);
    return open;
  }

  /** Takes over a segment that has been the active one. */
  adopt(segment: Segment, open: OpenSegment): void {
    this.#open.set(segment, open);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= openMax) return;
      this.forget(oldest);
    }
  }

  forget(segment: Segment): void {
    const open = this.#open.get(segment);
    this.#open.delete(segment);
    if (open !== undefined) this.#io.close(open.fd);
  }

  close(): void {
    for (const segment of [...this.#open.keys()]) this.forget(segment);
  }

  #load(segment: Segment): OpenSegment {
    const fd = this.#io.open(segment.path, openFlags.read);
    try {
      return { fd, index: loadIndex({ io: this.#io, dir: this.#dir, segment, fd }) };
    } catch (error) {
      this.#io.close(fd);
      throw error;
    }
  }
}

interface IndexOptions {
  io: LogIo;
  dir: string;
  segment: Segment;
  fd: number;
}

export function indexPath(dir: string, segment: Segment): string {
  return join(dir, segmentFileName(segment.firstSeq, 'idx'));
}

/** The index of a closed segment, from its file or, where that is missing or damaged, from the segment. */
function loadIndex({ io, dir, segment, fd }: IndexOptions): SeqIndex {
  const content = readFile(io, indexPath(dir, segment));
  const index = content === null ? null : SeqIndex.decode(content, segment);
  return index ?? rebuildIndex({ io, dir, segment, fd });
}

/**
 * Goes through a closed segment and writes its index; corrects `segment.bytes` where the file was not cut. A
 * damaged segment is indexed up to the damage, and the index not kept.
 */
export function rebuildIndex({ io, dir, segment, fd }: IndexOptions): SeqIndex {
  const index = new SeqIndex();
  const end = scan({
    io,
    fd,
    from: segmentHeaderBytes,
    seq: segment.firstSeq,
    to: segment.bytes,
    verify: false,
    visit({ header, offset }) {
      if (header.seq >= segment.endSeq) return false;
      index.add({ seq: header.seq, offset, appendedAt: header.appendedAt });
      return true;
    },
  });
  if (end.seq !== segment.endSeq) return index;
  segment.bytes = end.offset;
  saveIndex({ io, dir, segment, index });
  return index;
}

/** Writes an index where it can: without one the segment is only slower to open. */
export function saveIndex({ io, dir, segment, index }: Omit<IndexOptions, 'fd'> & { index: SeqIndex }): void {
  try {
    replaceFile(io, indexPath(dir, segment), index.encode(segment), false);
  } catch (error) {
    if (!isSystemFailure(error)) throw error;
  }
}
