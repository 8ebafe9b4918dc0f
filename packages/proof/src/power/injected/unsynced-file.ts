import fs from 'node:fs';
import type { Random } from '@bitten/simulator';

/** The functions as they are before anything is replaced. */
const { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } = fs;

const sectorBytes = 512;

/** What a file was before a change of it that the disk has not promised to keep. */
interface Change {
  /** Where it was written; for a truncation the new size. */
  position: number;
  /** Bytes written; none for a truncation. */
  length: number;
  /** What it replaced; shorter where the file was. */
  before: Buffer;
  sizeBefore: number;
}

/**
 * One file with everything that was done to its content since it was last synced, so that it can be taken back.
 * It is known by its inode and held open: renaming it or removing its name changes nothing here.
 */
export class UnsyncedFile {
  /** How many descriptors of the program point at it. */
  descriptors = 0;
  #changes: Change[] = [];
  readonly #fd: number;

  constructor(path: string) {
    this.#fd = openSync(path, fs.constants.O_RDWR);
  }

  get isClean(): boolean {
    return this.#changes.length === 0;
  }

  get size(): number {
    return fstatSync(this.#fd).size;
  }

  /** To be called before so many bytes are written. Returns what says that this one write is durable. */
  willWrite(position: number, length: number): () => void {
    const change = { position, length, before: this.#read(position, length), sizeBefore: this.size };
    this.#changes.push(change);
    return () => {
      this.#changes = this.#changes.filter((other) => other !== change);
    };
  }

  /** To be called before it is cut or extended to a size. */
  willTruncate(bytes: number): void {
    const sizeBefore = this.size;
    const before = this.#read(bytes, Math.max(0, sizeBefore - bytes));
    this.#changes.push({ position: bytes, length: 0, before, sizeBefore });
  }

  /** What has been done so far; given to `synced` when the disk has promised it. */
  get unsynced(): readonly unknown[] {
    return [...this.#changes];
  }

  synced(changes: readonly unknown[]): void {
    const done = new Set(changes);
    this.#changes = this.#changes.filter((change) => !done.has(change));
  }

  /** The power is gone: of each change there is all, nothing, or some of its sectors. */
  settle(random: Random): void {
    const undone = this.#undoAll();
    for (const { change, after } of undone.reverse()) {
      const share = random.pick([0, 1, random.float()]);
      if (change.length === 0) {
        if (random.chance(share)) ftruncateSync(this.#fd, change.position);
        continue;
      }
      for (const sector of sectorsOf(change)) {
        if (!random.chance(share)) continue;
        const offset = sector.from - change.position;
        writeSync(this.#fd, after, offset, sector.to - sector.from, sector.from);
      }
    }
    this.#changes = [];
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Brings back what was durable; returns the changes, the last first, with the bytes each had written. */
  #undoAll(): Array<{ change: Change; after: Buffer }> {
    const undone: Array<{ change: Change; after: Buffer }> = [];
    for (const change of [...this.#changes].reverse()) {
      const { position, length, before, sizeBefore } = change;
      undone.push({ change, after: this.#read(position, length) });
      // In this order a file that was shorter ends where it did, and one that was longer has its end again.
      if (before.length > 0) writeSync(this.#fd, before, 0, before.length, position);
      ftruncateSync(this.#fd, sizeBefore);
    }
    return undone;
  }

  #read(position: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const bytes = readSync(this.#fd, buffer, done, length - done, position + done);
      if (bytes === 0) break;
      done += bytes;
    }
    return buffer.subarray(0, done);
  }
}

/** The parts of a write by the sectors of the disk. */
function* sectorsOf({ position, length }: Change): Generator<{ from: number; to: number }> {
  const end = position + length;
  for (let from = position; from < end; ) {
    const to = Math.min(end, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
    yield { from, to };
    from = to;
  }
}
