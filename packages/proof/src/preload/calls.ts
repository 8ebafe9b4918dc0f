import type { PathLike } from 'node:fs';

/** A call of the program to the file system, as far as it has to do with a file by name. */
export interface Call {
  what: 'open' | 'write' | 'writeLater' | 'sync' | 'truncate' | 'rename' | 'remove';
  /** Of a rename, the new name. */
  path: string;
  /** What is written. */
  data?: Uint8Array;
  position?: number;
  /** The file was opened so that each write is durable when it returns. */
  durable?: boolean;
  /** The call before this one on the same file was a commit. */
  followsAppend?: boolean;
}

/** What becomes of a call: so much of a write is done, and then the process ends. */
export interface Fate {
  share: number;
  end: () => never;
}

/** Hears of each call. `before` may throw in its place, or say how it ends. */
export interface Watcher {
  before(call: Call): Fate | undefined;
  after(call: Call): void;
}

/** Makes a call under the watcher's eyes. `perform` is told how much of it to do. */
export type See = <Result>(call: Call, perform: (share: number) => Result) => Result;

export function nameOf(path: PathLike): string {
  return path instanceof URL ? path.pathname : String(path);
}

const segment = /\/\d{20}\.seg$/;
const headerBytes = 64;

/** A commit to a log: records, not a segment's header and not the zeros of a repair. */
export function isAppend({ what, path, data, position }: Call): boolean {
  return (
    what === 'write' &&
    segment.test(path) &&
    (position ?? 0) >= headerBytes &&
    data !== undefined &&
    data.length > headerBytes / 2 &&
    data.subarray(4, 8).some((byte) => byte !== 0)
  );
}

/** Opening a log takes away what a crash has left of a commit. */
export function isRepair({ what, path, data, position }: Call): boolean {
  return (
    what === 'write' &&
    segment.test(path) &&
    (position ?? 0) >= headerBytes &&
    data?.subarray(0, 64).every((byte) => byte === 0) === true
  );
}
