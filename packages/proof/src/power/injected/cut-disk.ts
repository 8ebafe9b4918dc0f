import fs from 'node:fs';
import { resolve, sep } from 'node:path';
import type { Random } from '@bitten/simulator';
import { UnsyncedFile } from './unsynced-file.js';
import { UnsyncedNames } from './unsynced-names.js';

const { existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } = fs;
const { O_APPEND, O_CREAT, O_DSYNC, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;

export interface CutDiskOptions {
  /** What is below these folders is on the disk. They themselves stay. */
  folders: readonly string[];
  /** Another folder on the same file system, for what may have to come back. */
  graveyard: string;
  random: Random;
  /** The power fails within the call of this number; never where it is infinite. */
  cutAt: number;
  /** Ends the process; must not return. */
  die: () => never;
}

interface Descriptor {
  path: string;
  /** Undefined for a folder, and for what is open for reading only. */
  file: UnsyncedFile | undefined;
  inode: string;
  durably: boolean;
  appends: boolean;
  position: number;
}

/**
 * A disk that promises nothing before it is asked to: it stands between a program and the folder it writes, and
 * remembers what each change replaced until the program has synced it. When the power fails, any part of what was
 * not synced is taken back.
 *
 * Nothing is synced for real: the process dies and the machine lives on, so that what is left in the folder is
 * exactly what this disk says.
 */
export class CutDisk {
  readonly #o: CutDiskOptions;
  readonly #folders: readonly string[];
  readonly #names: UnsyncedNames;
  readonly #files = new Map<string, UnsyncedFile>();
  readonly #descriptors = new Map<number, Descriptor>();
  #calls = 0;

  constructor(options: CutDiskOptions) {
    this.#o = options;
    this.#folders = options.folders.map((folder) => resolve(folder));
    this.#names = new UnsyncedNames(options.graveyard);
  }

  holds(path: string): boolean {
    return this.#folders.some((folder) => resolve(path).startsWith(folder + sep));
  }

  /** The folders themselves are opened to be synced. */
  isFolder(path: string): boolean {
    return this.#folders.includes(resolve(path));
  }

  isOpen(fd: number): boolean {
    return this.#descriptors.has(fd);
  }

  /** The power fails now. */
  cut(): never {
    for (const file of this.#files.values()) file.settle(this.#o.random);
    this.#names.settle(this.#o.random);
    return this.#o.die();
  }

  open(path: string, flags: number, mode: number): number {
    const isNew = (flags & O_CREAT) !== 0 && !existsSync(path);
    // What is durable, and what a truncation takes away, is kept account of here.
    const fd = openSync(path, flags & ~(O_DSYNC | O_TRUNC), mode);
    this.adopt(fd, { path, flags, isNew });
    return fd;
  }

  /** A descriptor opened by other means, without O_TRUNC. */
  adopt(fd: number, { path, flags, isNew }: { path: string; flags: number; isNew: boolean }): void {
    this.#call();
    if (isNew) this.#names.made(path);
    const writes = (flags & (O_RDWR | O_WRONLY)) !== 0;
    const { dev, ino, size } = fstatSync(fd);
    const inode = `${dev}:${ino}`;
    const file = writes ? this.#fileOf(inode, path) : this.#files.get(inode);
    if (file !== undefined) file.descriptors += 1;
    this.#descriptors.set(fd, {
      path,
      file,
      inode,
      durably: (flags & O_DSYNC) === O_DSYNC,
      appends: (flags & O_APPEND) !== 0,
      position: 0,
    });
    if ((flags & O_TRUNC) !== 0 && size > 0) this.truncate(fd, 0);
  }

  /** Before the descriptor is closed. */
  closing(fd: number): void {
    const descriptor = this.#descriptors.get(fd);
    this.#descriptors.delete(fd);
    if (descriptor?.file === undefined) return;
    descriptor.file.descriptors -= 1;
    this.#forgetIfDone(descriptor.inode);
  }

  write(fd: number, bytes: Uint8Array, position: number | null): number {
    const descriptor = this.#descriptors.get(fd)!;
    const file = descriptor.file;
    if (file === undefined) throw Object.assign(new Error('EBADF: open for reading'), { code: 'EBADF' });
    const at = position ?? (descriptor.appends ? file.size : descriptor.position);
    const durable = file.willWrite(at, bytes.length);
    const written = writeSync(fd, bytes, 0, bytes.length, descriptor.appends ? null : at);
    if (position === null) descriptor.position = at + written;
    this.#call();
    if (descriptor.durably) durable();
    return written;
  }

  truncate(fd: number, bytes: number): void {
    this.#descriptors.get(fd)?.file?.willTruncate(bytes);
    ftruncateSync(fd, bytes);
    this.#call();
  }

  /** A file's content, or the names of a folder. */
  sync(fd: number): void {
    this.beginSync(fd)();
  }

  /** The same in two steps: what is done between them is not synced. */
  beginSync(fd: number): () => void {
    this.#call();
    const { path, file, inode } = this.#descriptors.get(fd)!;
    const changes = file?.unsynced ?? [];
    return () => {
      if (file === undefined) this.#names.syncFolder(path);
      file?.synced(changes);
      this.#forgetIfDone(inode);
    };
  }

  makeFolder(path: string, mode: number, recursive: boolean): string | undefined {
    const first = mkdirSync(path, { recursive, mode });
    const topmost = recursive ? first : path;
    if (topmost !== undefined) this.#names.made(topmost);
    this.#call();
    return first;
  }

  made(path: string): void {
    this.#names.made(path);
    this.#call();
  }

  rename(from: string, to: string): void {
    this.#names.rename(from, to);
    this.#call();
  }

  unlink(path: string): void {
    this.#names.unlink(path);
    this.#call();
  }

  removeTree(path: string): void {
    this.#names.removeTree(path);
    this.#call();
  }

  #fileOf(inode: string, path: string): UnsyncedFile {
    const known = this.#files.get(inode) ?? new UnsyncedFile(path);
    this.#files.set(inode, known);
    return known;
  }

  /** The inode's number may be used again for another file once this one is gone. */
  #forgetIfDone(inode: string): void {
    const file = this.#files.get(inode);
    if (file === undefined || file.descriptors > 0 || !file.isClean) return;
    file.close();
    this.#files.delete(inode);
  }

  #call(): void {
    this.#calls += 1;
    if (this.#calls === this.#o.cutAt) this.cut();
  }
}

const flagNames: Record<string, number> = {
  r: O_RDONLY,
  'r+': O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  'w+': O_RDWR | O_CREAT | O_TRUNC,
  a: O_WRONLY | O_CREAT | O_APPEND,
  ax: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
};

/** The flags of `open` as a number. Throws for a name not used in this project. */
export function flagsOf(flags: string | number | undefined): number {
  if (typeof flags === 'number') return flags;
  const number = flagNames[flags ?? 'r'];
  if (number === undefined) throw new Error(`open with flags '${flags}' is not known to the proof`);
  return number;
}
