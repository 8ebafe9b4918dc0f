import { hasDurableWrites, type LogIo, openFlags, writeFully, writeZeros } from './io.js';
import type { Segment } from './segment-file.js';
import type { SeqIndex } from './seq-index.js';

export interface ActiveSegmentOptions {
  io: LogIo;
  segment: Segment;
  index: SeqIndex;
  /** The segment is closed rather than grow past so many bytes. */
  capacity: number;
  /** The file is zeros up to its capacity, and is written in place. */
  preallocated: boolean;
  durable: boolean;
}

/**
 * The one segment that is written.
 *
 * **Ordering.** `append` returns when its bytes are durable, and only then `segment.bytes` covers them.
 *
 * **Failure.** When `append` throws, some of its bytes may be in the file, behind the end. They must be taken
 * away by `restore` before the next append: left there, a record of the failed commit could be taken for a good
 * one after a restart.
 */
export class ActiveSegment {
  readonly segment: Segment;
  readonly index: SeqIndex;
  readonly capacity: number;
  readonly fd: number;
  readonly #io: LogIo;
  readonly #preallocated: boolean;
  readonly #durable: boolean;
  readonly #syncs: boolean;
  /** Up to where an append may have left bytes. */
  #touched: number;

  constructor({ io, segment, index, capacity, preallocated, durable }: ActiveSegmentOptions) {
    // A growing file is written and then synced: its size has to become durable in either way, and that is slower
    // with O_DSYNC. A preallocated one changes nothing but its data, and one call does it.
    const durableWrites = durable && preallocated && hasDurableWrites;
    this.fd = io.open(segment.path, durableWrites ? openFlags.writeDurably : openFlags.write);
    this.#syncs = durable && !durableWrites;
    this.#durable = durable;
    this.#io = io;
    this.segment = segment;
    this.index = index;
    this.capacity = capacity;
    this.#preallocated = preallocated;
    this.#touched = segment.bytes;
  }

  /** An empty segment takes a commit of any size. */
  hasRoomFor(bytes: number): boolean {
    const { firstSeq, endSeq } = this.segment;
    return firstSeq === endSeq || this.segment.bytes + bytes <= this.capacity;
  }

  append(buffer: Buffer, length: number): void {
    const position = this.segment.bytes;
    this.#touched = position + length;
    writeFully(this.#io, this.fd, buffer, { offset: 0, length, position });
    if (this.#syncs) this.#io.sync(this.fd);
    this.segment.bytes += length;
  }

  /** Takes away what a failed append has left; does nothing where there is nothing. */
  restore(): void {
    const end = this.segment.bytes;
    if (this.#touched === end) return;
    const zeroed = this.#preallocated ? Math.min(this.#touched, this.capacity) : end;
    if (this.#touched > zeroed) this.#io.truncate(this.fd, Math.max(zeroed, end));
    writeZeros(this.#io, this.fd, end, zeroed);
    if (this.#durable) this.#io.sync(this.fd);
    this.#touched = end;
  }

  /** Cuts the file to its records. It stays open for those who read it. */
  cut(): void {
    if (!this.#preallocated) return;
    this.#io.truncate(this.fd, this.segment.bytes);
    if (this.#durable) this.#io.sync(this.fd);
  }
}
