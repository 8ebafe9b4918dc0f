import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type CutDisk, flagsOf } from './cut-disk.js';

const real = { ...fs };
const realOpen = fs.promises.open;
const realRename = fs.promises.rename;

type FileHandle = Awaited<ReturnType<typeof realOpen>>;

const modeDefault = 0o666;

/**
 * Puts a disk between this process and its folder: replaces the functions of `node:fs` by which the bus and the
 * bridge change files, for paths on that disk. Programs run as they are; they see nothing of it.
 *
 * Only what is used there is replaced, and a file changed in another way would count as synced; a new way is to
 * be added here.
 */
export function patchFs(disk: CutDisk): void {
  patchFiles(disk);
  patchNames(disk);
  patchPromises(disk);
  syncBuiltinESMExports();
}

function patchFiles(disk: CutDisk): void {
  const open = (path: fs.PathLike, flags: fs.OpenMode = 'r', mode?: fs.Mode | null): number =>
    disk.holds(String(path)) || disk.isFolder(String(path))
      ? disk.open(String(path), flagsOf(flags), Number(mode ?? modeDefault))
      : real.openSync(path, flags, mode);
  const close = (fd: number): void => {
    disk.closing(fd);
    real.closeSync(fd);
  };
  const patched = {
    openSync: open,
    closeSync: close,
    ftruncateSync: (fd: number, bytes = 0) =>
      disk.isOpen(fd) ? disk.truncate(fd, bytes) : real.ftruncateSync(fd, bytes),
    fsyncSync: (fd: number) => (disk.isOpen(fd) ? disk.sync(fd) : real.fsyncSync(fd)),
    fdatasyncSync: (fd: number) => (disk.isOpen(fd) ? disk.sync(fd) : real.fdatasyncSync(fd)),
    writeSync: (fd: number, data: string | NodeJS.ArrayBufferView, ...rest: Array<number | null>) =>
      disk.isOpen(fd) ? disk.write(fd, ...spanOf(data, rest)) : writeReally(fd, data, rest),
    writeFileSync: (path: string, data: string, options?: { mode?: number; flag?: string }) => {
      if (!disk.holds(path)) return real.writeFileSync(path, data, options);
      const fd = open(path, options?.flag ?? 'w', options?.mode);
      disk.write(fd, Buffer.from(data), null);
      close(fd);
    },
    write: (...args: Parameters<typeof writeLater> extends [CutDisk, ...infer Rest] ? Rest : never) =>
      writeLater(disk, ...args),
    fdatasync: (fd: number, done: (error: Error | null) => void) => {
      if (!disk.isOpen(fd)) return real.fdatasync(fd, done);
      const finish = disk.beginSync(fd);
      setImmediate(() => {
        finish();
        done(null);
      });
    },
  };
  Object.assign(fs, patched);
}

function patchNames(disk: CutDisk): void {
  const patched = {
    renameSync: (from: string, to: string) =>
      disk.holds(to) ? disk.rename(from, to) : real.renameSync(from, to),
    unlinkSync: (path: string) => (disk.holds(path) ? disk.unlink(path) : real.unlinkSync(path)),
    linkSync: (from: string, to: string) => {
      real.linkSync(from, to);
      if (disk.holds(to)) disk.made(to);
    },
    mkdirSync: (path: string, options?: { recursive?: boolean; mode?: number }) =>
      disk.holds(path)
        ? disk.makeFolder(path, options?.mode ?? 0o777, options?.recursive ?? false)
        : real.mkdirSync(path, options),
    rmSync: (path: string, options?: fs.RmOptions) => {
      if (!disk.holds(path)) return real.rmSync(path, options);
      if (options?.force !== true || real.existsSync(path)) disk.removeTree(path);
    },
  };
  Object.assign(fs, patched);
}

function patchPromises(disk: CutDisk): void {
  fs.promises.open = async (path, flags, mode) => {
    if (!disk.holds(String(path)) && !disk.isFolder(String(path))) return realOpen(path, flags, mode);
    const asked = flagsOf(flags);
    const isNew = (asked & fs.constants.O_CREAT) !== 0 && !real.existsSync(path);
    const handle = await realOpen(path, asked & ~(fs.constants.O_DSYNC | fs.constants.O_TRUNC), mode);
    disk.adopt(handle.fd, { path: String(path), flags: asked, isNew });
    return patchHandle(disk, handle);
  };
  fs.promises.rename = async (from, to) => {
    if (!disk.holds(String(to))) return realRename(from, to);
    disk.rename(String(from), String(to));
  };
}

function patchHandle(disk: CutDisk, handle: FileHandle): FileHandle {
  const close = handle.close.bind(handle);
  const sync = async () => disk.sync(handle.fd);
  return Object.assign(handle, {
    writeFile: async (data: string | Uint8Array) => {
      disk.write(handle.fd, Buffer.from(data as string), null);
    },
    sync,
    datasync: sync,
    close: () => {
      disk.closing(handle.fd);
      return close();
    },
  });
}

/** What `fs.write` is called with in this project: a buffer, its part, a position. */
function writeLater(
  disk: CutDisk,
  fd: number,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
  done: (error: Error | null, bytes: number) => void,
): void {
  if (!disk.isOpen(fd)) return void real.write(fd, buffer, offset, length, position, done);
  setImmediate(() => {
    const bytes = disk.write(fd, buffer.subarray(offset, offset + length), position);
    done(null, bytes);
  });
}

type WriteRest = Array<number | null>;

function spanOf(data: string | NodeJS.ArrayBufferView, rest: WriteRest): [Uint8Array, number | null] {
  if (typeof data === 'string') return [Buffer.from(data), rest[0] ?? null];
  const [offset, length, position] = rest;
  const whole = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const from = offset ?? 0;
  return [whole.subarray(from, from + (length ?? whole.length - from)), position ?? null];
}

function writeReally(fd: number, data: string | NodeJS.ArrayBufferView, rest: WriteRest): number {
  if (typeof data === 'string') return real.writeSync(fd, data, rest[0] ?? null);
  return real.writeSync(fd, data, rest[0] ?? null, rest[1] ?? null, rest[2] ?? null);
}
