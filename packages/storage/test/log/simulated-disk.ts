import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { LogIo, Span } from '../../src/log/index.js';

const sectorBytes = 512;

/** A change of a file that the disk has been told of and has not promised to keep. */
type Change = { write: Buffer; position: number } | { truncate: number };

class File {
  /** What the system shows. */
  content: Buffer = Buffer.alloc(0);
  /** What survives. */
  durable: Buffer = Buffer.alloc(0);
  unsynced: Change[] = [];

  change(change: Change): void {
    this.content = applied(this.content, change);
    this.unsynced.push(change);
  }

  sync(): void {
    this.durable = Buffer.from(this.content);
    this.unsynced = [];
  }
}

type Renaming = { dir: string; undoName: string | null; name: string | null; file: File };

/**
 * A disk in memory that can lose its power: of what was not synced, any sectors may have arrived, in any order;
 * of the names, any first part. Where it dies within a call, that call is such a change as well.
 */
export class SimulatedDisk implements LogIo {
  readonly #random: () => number;
  #names = new Map<string, File>();
  #durableNames = new Map<string, File>();
  /** Names that have changed and are not durable, in order. */
  #renamings: Renaming[] = [];
  readonly #open = new Map<number, { file: File; durably: boolean }>();
  #nextFd = 3;
  #calls = 0;
  #dieAt = Number.POSITIVE_INFINITY;

  constructor(random: () => number) {
    this.#random = random;
  }

  get isDead(): boolean {
    return this.#calls >= this.#dieAt;
  }

  /** The power fails within the n-th call from now on. */
  dieAt(n: number): void {
    this.#dieAt = this.#calls + n;
  }

  /** What is found when the power is back. */
  restart(): SimulatedDisk {
    const disk = new SimulatedDisk(this.#random);
    const names = new Map(this.#durableNames);
    const arrived = this.#renamings.slice(0, Math.floor(this.#random() * (this.#renamings.length + 1)));
    for (const renaming of arrived) rename(names, renaming);
    for (const [name, file] of names) {
      const survivor = new File();
      survivor.content = this.#survivingContent(file);
      survivor.sync();
      disk.#names.set(name, survivor);
    }
    disk.#durableNames = new Map(disk.#names);
    return disk;
  }

  makeDir(): undefined {
    this.#call();
  }

  list(dir: string): string[] {
    this.#call();
    return [...this.#names.keys()]
      .filter((name) => dirname(name) === dir)
      .map((name) => name.slice(dir.length + 1));
  }

  exists(path: string): boolean {
    this.#call();
    return this.#names.has(path);
  }

  open(path: string, flags: number): number {
    this.#call();
    let file = this.#names.get(path);
    if (file === undefined) {
      if ((flags & constants.O_CREAT) === 0) throw systemError('ENOENT');
      file = new File();
      this.#rename({ dir: dirname(path), undoName: null, name: path, file });
    } else if ((flags & constants.O_TRUNC) !== 0) {
      file.change({ truncate: 0 });
    }
    const fd = this.#nextFd;
    this.#nextFd += 1;
    this.#open.set(fd, { file, durably: (flags & constants.O_DSYNC) === constants.O_DSYNC });
    return fd;
  }

  close(fd: number): void {
    this.#open.delete(fd);
  }

  size(fd: number): number {
    this.#call();
    return this.#file(fd).content.length;
  }

  read(fd: number, into: Buffer, { offset, length, position }: Span): number {
    this.#call();
    return this.#file(fd).content.copy(into, offset, position, position + length);
  }

  write(fd: number, from: Buffer, { offset, length, position }: Span): number {
    const { file, durably } = this.#open.get(fd)!;
    const change = { write: Buffer.from(from.subarray(offset, offset + length)), position };
    this.#call(() => file.change(change));
    file.change(change);
    // O_DSYNC promises this write, and nothing of those before it; none of the log's files mixes the two.
    if (durably) {
      file.unsynced.pop();
      file.durable = applied(file.durable, change);
    }
    return length;
  }

  truncate(fd: number, bytes: number): void {
    this.#call();
    this.#file(fd).change({ truncate: bytes });
  }

  sync(fd: number): void {
    this.#call();
    this.#file(fd).sync();
  }

  rename(from: string, to: string): void {
    this.#call();
    const file = this.#names.get(from);
    if (file === undefined) throw systemError('ENOENT');
    this.#rename({ dir: dirname(to), undoName: from, name: to, file });
  }

  remove(path: string): void {
    this.#call();
    const file = this.#names.get(path);
    if (file === undefined) throw systemError('ENOENT');
    this.#rename({ dir: dirname(path), undoName: path, name: null, file });
  }

  syncDir(path: string): void {
    this.#call();
    for (const renaming of this.#renamings) if (renaming.dir === path) rename(this.#durableNames, renaming);
    this.#renamings = this.#renamings.filter((renaming) => renaming.dir !== path);
  }

  writeLater(fd: number, from: Buffer, at: Span, done: (error: Error | null, bytes: number) => void): void {
    setImmediate(() => {
      const bytes = attempt(() => this.write(fd, from, at));
      if (typeof bytes === 'number') done(null, bytes);
      else done(bytes, 0);
    });
  }

  syncLater(fd: number, done: (error: Error | null) => void): void {
    setImmediate(() => done(attempt(() => this.sync(fd)) ?? null));
  }

  #file(fd: number): File {
    return this.#open.get(fd)!.file;
  }

  #rename(renaming: Renaming): void {
    rename(this.#names, renaming);
    this.#renamings.push(renaming);
  }

  #call(whenDying?: () => void): void {
    const wasDead = this.isDead;
    this.#calls += 1;
    if (!this.isDead) return;
    if (!wasDead) whenDying?.();
    throw systemError('EIO');
  }

  /** Its durable content and, of each change since, any of its sectors. */
  #survivingContent(file: File): Buffer {
    let content = file.durable;
    for (const change of file.unsynced) {
      if ('truncate' in change) {
        if (this.#random() < 0.5) content = applied(content, change);
        continue;
      }
      const share = this.#random();
      for (let at = 0; at < change.write.length; ) {
        const position = change.position + at;
        const length = Math.min(sectorBytes - (position % sectorBytes), change.write.length - at);
        const sector = { write: change.write.subarray(at, at + length), position };
        if (this.#random() < share) content = applied(content, sector);
        at += length;
      }
    }
    return Buffer.from(content);
  }
}

function applied(content: Buffer, change: Change): Buffer {
  if ('truncate' in change) {
    const shorter = Buffer.alloc(change.truncate);
    content.copy(shorter);
    return shorter;
  }
  const end = change.position + change.write.length;
  const result = Buffer.alloc(Math.max(content.length, end));
  content.copy(result);
  change.write.copy(result, change.position);
  return result;
}

function rename(names: Map<string, File>, { undoName, name, file }: Renaming): void {
  if (undoName !== null) names.delete(undoName);
  if (name !== null) names.set(name, file);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** What an action returns, or the error it throws. */
function attempt<Result>(action: () => Result): Result | Error {
  try {
    return action();
  } catch (error) {
    return error as Error;
  }
}
