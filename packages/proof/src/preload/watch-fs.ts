import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type Call, isAppend, nameOf, type See, type Watcher } from './calls.js';
import { watchPromises } from './watch-promises.js';

/** What is known of an open file. */
interface OpenFile {
  path: string;
  durable: boolean;
}

/**
 * Puts a watcher between the program and its file system: the functions of the `fs` module are replaced, for
 * those who call them on the module and for those who imported them by name. What they do stays the same.
 */
export function watchFs(watcher: Watcher): void {
  const files = new Map<number, OpenFile>();
  const appended = new Set<string>();
  const see = <Result>(call: Call, perform: (share: number) => Result): Result => {
    if (appended.has(call.path)) call.followsAppend = true;
    const fate = watcher.before(call);
    if (fate !== undefined) {
      if (call.what === 'write') perform(fate.share);
      fate.end();
    }
    const result = perform(1);
    if (isAppend(call)) appended.add(call.path);
    else if (call.what !== 'open') appended.delete(call.path);
    watcher.after(call);
    return result;
  };
  // First, because it takes the synchronous functions as they are.
  watchPromises(see);
  watchFiles(files, see);
  watchNames(see);
  syncBuiltinESMExports();
}

/** Calls on open files. One that was not opened by name before is none of ours. */
function watchFiles(files: Map<number, OpenFile>, see: See): void {
  const { openSync, closeSync, writeSync, fdatasyncSync, fsyncSync, ftruncateSync, write } = fs;
  const durableFlag = fs.constants.O_DSYNC ?? 0;
  fs.openSync = (path, flags, mode) => {
    const name = nameOf(path);
    const fd = see({ what: 'open', path: name }, () => openSync(path, flags, mode));
    const durable = typeof flags === 'number' && durableFlag !== 0 && (flags & durableFlag) === durableFlag;
    files.set(fd, { path: name, durable });
    return fd;
  };
  fs.closeSync = (fd) => {
    files.delete(fd);
    closeSync(fd);
  };
  fs.writeSync = ((fd: number, data: Uint8Array, offset: number, length: number, position: number) => {
    const file = files.get(fd);
    if (file === undefined || !(data instanceof Uint8Array) || typeof length !== 'number') {
      return writeSync(fd, data, offset, length, position);
    }
    const call: Call = { what: 'write', ...file, data: data.subarray(offset, offset + length), position };
    return see(call, (share) => writeSync(fd, data, offset, Math.floor(length * share), position));
  }) as typeof fs.writeSync;
  const onFile = (what: 'sync' | 'truncate', fd: number, perform: () => void): void => {
    const file = files.get(fd);
    if (file === undefined) perform();
    else see({ what, ...file }, perform);
  };
  fs.fdatasyncSync = (fd) => onFile('sync', fd, () => fdatasyncSync(fd));
  fs.fsyncSync = (fd) => onFile('sync', fd, () => fsyncSync(fd));
  fs.ftruncateSync = (fd, length) => onFile('truncate', fd, () => ftruncateSync(fd, length));
  fs.write = ((fd: number, ...rest: unknown[]) => {
    const later = write as (fd: number, ...rest: unknown[]) => void;
    const file = files.get(fd);
    if (file === undefined) return later(fd, ...rest);
    try {
      see({ what: 'writeLater', ...file }, () => later(fd, ...rest));
    } catch (error) {
      // As the system does it: what is asked for later fails later.
      setImmediate(rest.at(-1) as (error: unknown, bytes: number) => void, error, 0);
    }
  }) as typeof fs.write;
}

/** Calls on names. */
function watchNames(see: See): void {
  const { renameSync, unlinkSync, rmSync } = fs;
  fs.renameSync = (from, to) => see({ what: 'rename', path: nameOf(to) }, () => renameSync(from, to));
  fs.unlinkSync = (path) => see({ what: 'remove', path: nameOf(path) }, () => unlinkSync(path));
  fs.rmSync = (path, options) => see({ what: 'remove', path: nameOf(path) }, () => rmSync(path, options));
}
