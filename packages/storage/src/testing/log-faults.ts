import { type LogIo, nodeIo, type Span } from '../log/index.js';

/** Calls that change what is on the disk. */
const changing: ReadonlySet<keyof LogIo> = new Set<keyof LogIo>([
  'makeDir',
  'write',
  'truncate',
  'sync',
  'rename',
  'remove',
  'syncDir',
  'writeLater',
  'syncLater',
]);

/**
 * A disk that fails on demand, over a real one. What the log does in the background happens at once here, and
 * is reported on the next turn of the event loop, so that runs can be repeated.
 */
export class FaultyIo implements LogIo {
  readonly #io: LogIo;
  /** Whether a call fails, and with which of the system's codes. */
  #rule: (call: keyof LogIo) => string | null = () => null;
  #dead = false;
  #calls = 0;

  constructor(io: LogIo = nodeIo) {
    this.#io = io;
  }

  /** Calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** From now on these calls (without a list: all that write) fail with this code, half done where they can be. */
  fail(code: string, calls: ReadonlyArray<keyof LogIo> = [...changing]): void {
    this.#rule = (call) => (calls.includes(call) ? code : null);
  }

  /** The n-th call from now on, counted from 1, fails once, half done where it can be. */
  failOnce(n: number, code = 'EIO'): void {
    const at = this.#calls + n;
    this.#rule = () => (this.#calls === at ? code : null);
  }

  /** The process dies within the n-th call from now on: it is half done, and nothing after it is done at all. */
  dieAt(n: number): void {
    const at = this.#calls + n;
    this.#rule = () => {
      if (this.#calls === at) this.#dead = true;
      return this.#calls === at ? 'EIO' : null;
    };
  }

  get isDead(): boolean {
    return this.#dead;
  }

  heal(): void {
    this.#rule = () => null;
  }

  makeDir(path: string): string | undefined {
    this.#check('makeDir');
    return this.#io.makeDir(path);
  }

  list(dir: string): string[] {
    this.#check('list');
    return this.#io.list(dir);
  }

  exists(path: string): boolean {
    this.#check('exists');
    return this.#io.exists(path);
  }

  open(path: string, flags: number): number {
    this.#check('open');
    return this.#io.open(path, flags);
  }

  /** Succeeds for a dead process too: its files are closed for it. */
  close(fd: number): void {
    this.#io.close(fd);
  }

  size(fd: number): number {
    this.#check('size');
    return this.#io.size(fd);
  }

  read(fd: number, into: Buffer, at: Span): number {
    this.#check('read');
    return this.#io.read(fd, into, at);
  }

  write(fd: number, from: Buffer, at: Span): number {
    try {
      this.#check('write');
    } catch (error) {
      const half = Math.floor(at.length / 2);
      if ((error as { first?: boolean }).first) this.#io.write(fd, from, { ...at, length: half });
      throw error;
    }
    return this.#io.write(fd, from, at);
  }

  truncate(fd: number, bytes: number): void {
    this.#check('truncate');
    this.#io.truncate(fd, bytes);
  }

  sync(fd: number): void {
    this.#check('sync');
    this.#io.sync(fd);
  }

  rename(from: string, to: string): void {
    this.#check('rename');
    this.#io.rename(from, to);
  }

  remove(path: string): void {
    this.#check('remove');
    this.#io.remove(path);
  }

  syncDir(path: string): void {
    this.#check('syncDir');
    this.#io.syncDir(path);
  }

  writeLater(fd: number, from: Buffer, at: Span, done: (error: Error | null, bytes: number) => void): void {
    const bytes = this.#attempt('writeLater', () => this.#io.write(fd, from, at));
    setImmediate(() => (bytes instanceof Error ? done(bytes, 0) : done(null, bytes)));
  }

  syncLater(fd: number, done: (error: Error | null) => void): void {
    const result = this.#attempt('syncLater', () => this.#io.sync(fd));
    setImmediate(() => done(result instanceof Error ? result : null));
  }

  #attempt<Result>(call: keyof LogIo, action: () => Result): Result | Error {
    try {
      this.#check(call);
      return action();
    } catch (error) {
      return error as Error;
    }
  }

  #check(call: keyof LogIo): void {
    const wasDead = this.#dead;
    this.#calls += 1;
    const code = wasDead ? 'EIO' : this.#rule(call);
    if (code === null) return;
    throw Object.assign(new Error(`${code}: ${call} was made to fail`), { code, first: !wasDead });
  }
}
