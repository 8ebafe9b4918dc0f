import fs from 'node:fs';

/**
 * Everything the log asks of a disk. Injected, so that full disks, failing disks and crashes between any two
 * calls can be tried; the default is this machine's.
 *
 * The functions throw the system's errors (`code: 'ENOSPC'`, …). `read` and `write` may transfer less than asked.
 */
export interface LogIo {
  /** Makes a folder and those above it; returns the topmost that is new, undefined where none is. */
  makeDir(path: string): string | undefined;
  list(dir: string): string[];
  exists(path: string): boolean;
  open(path: string, flags: number): number;
  close(fd: number): void;
  size(fd: number): number;
  read(fd: number, into: Buffer, at: Span): number;
  write(fd: number, from: Buffer, at: Span): number;
  truncate(fd: number, bytes: number): void;
  /** Data, and what of the metadata is needed to find it again (`fdatasync`). */
  sync(fd: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Makes the names in a folder durable. */
  syncDir(path: string): void;
  /** The two calls made in the background, off the event loop. */
  writeLater(fd: number, from: Buffer, at: Span, done: (error: Error | null, bytes: number) => void): void;
  syncLater(fd: number, done: (error: Error | null) => void): void;
}

/** `length` bytes, from the buffer's beginning plus `offset`, at the file's `position`. */
export interface Span {
  offset: number;
  length: number;
  position: number;
}

const { O_CREAT, O_RDONLY, O_RDWR, O_TRUNC } = fs.constants;
/** Where the system has no such flag (Windows) the log syncs after each write instead. */
const O_DSYNC: number | undefined = fs.constants.O_DSYNC;

export const openFlags = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT | O_TRUNC,
  /** Each write is durable when it returns. */
  writeDurably: O_RDWR | (O_DSYNC ?? 0),
} as const;

export const hasDurableWrites = O_DSYNC !== undefined && O_DSYNC !== 0;

export const nodeIo: LogIo = {
  makeDir: (path) => fs.mkdirSync(path, { recursive: true, mode: 0o700 }),
  list: (dir) => fs.readdirSync(dir),
  exists: (path) => fs.existsSync(path),
  open: (path, flags) => fs.openSync(path, flags, 0o600),
  close: (fd) => fs.closeSync(fd),
  size: (fd) => fs.fstatSync(fd).size,
  read: (fd, into, { offset, length, position }) => fs.readSync(fd, into, offset, length, position),
  write: (fd, from, { offset, length, position }) => fs.writeSync(fd, from, offset, length, position),
  truncate: (fd, bytes) => fs.ftruncateSync(fd, bytes),
  sync: (fd) => fs.fdatasyncSync(fd),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  syncDir(path) {
    // Windows does not open folders, and makes names durable by itself.
    if (process.platform === 'win32') return;
    const fd = fs.openSync(path, O_RDONLY);
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  writeLater(fd, from, { offset, length, position }, done) {
    fs.write(fd, from, offset, length, position, done);
  },
  syncLater(fd, done) {
    fs.fdatasync(fd, done);
  },
};

/** Writes the whole span, however often the system takes only a part. */
export function writeFully(io: LogIo, fd: number, from: Buffer, at: Span): void {
  for (let done = 0; done < at.length; ) {
    const length = at.length - done;
    const bytes = io.write(fd, from, { offset: at.offset + done, length, position: at.position + done });
    if (bytes === 0) throw Object.assign(new Error('EIO: the disk takes nothing more'), { code: 'EIO' });
    done += bytes;
  }
}

/** Reads the span, or less where the file ends; returns how much. */
export function readFully(io: LogIo, fd: number, into: Buffer, at: Span): number {
  let done = 0;
  while (done < at.length) {
    const length = at.length - done;
    const bytes = io.read(fd, into, { offset: at.offset + done, length, position: at.position + done });
    if (bytes === 0) break;
    done += bytes;
  }
  return done;
}

/** The whole of a small file; null where there is none. */
export function readFile(io: LogIo, path: string): Buffer | null {
  if (!io.exists(path)) return null;
  const fd = io.open(path, openFlags.read);
  try {
    const length = io.size(fd);
    const content = Buffer.alloc(length);
    return content.subarray(0, readFully(io, fd, content, { offset: 0, length, position: 0 }));
  } finally {
    io.close(fd);
  }
}

/** Puts a small file in place in one step: a crash leaves the old content or the new. The folder is not synced. */
export function replaceFile(io: LogIo, path: string, content: Buffer, durable: boolean): void {
  const temporary = `${path}.tmp`;
  const fd = io.open(temporary, openFlags.create);
  try {
    writeFully(io, fd, content, { offset: 0, length: content.length, position: 0 });
    if (durable) io.sync(fd);
  } finally {
    io.close(fd);
  }
  io.rename(temporary, path);
}

/** Source of zeros; never written to. */
export const zeros = Buffer.alloc(1024 * 1024);

/** Writes zeros from one position up to another. */
export function writeZeros(io: LogIo, fd: number, from: number, to: number): void {
  for (let position = from; position < to; position += zeros.length) {
    writeFully(io, fd, zeros, { offset: 0, length: Math.min(zeros.length, to - position), position });
  }
}
