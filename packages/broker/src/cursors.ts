import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { BittenError } from '@bitten/schema';
import { type Cursor, type LogName, readCursors, writeCursors } from './cursor-file.js';

/** No cursor has that name. */
export class UnknownCursorError extends BittenError {
  constructor(name: string, known: readonly string[]) {
    super('unknown_cursor', `no cursor is named ${name}`, {
      found: name,
      expected: known.length === 0 ? 'a cursor opened before; there is none' : `one of ${shown(known)}`,
      remedy: 'open it with cursor_open first',
    });
  }
}

/** A cursor cannot be had as it was asked for. */
export class CursorRefusedError extends BittenError {
  constructor(message: string, facts: { found: string; expected: string; remedy: string }) {
    super('bad_request', message, facts);
  }
}

interface CursorsOptions {
  file: string;
  /** Unix seconds. */
  now: () => number;
  /** Hears that the file cannot be written: once, until it can again. */
  onError: (error: unknown) => void;
}

const saveDelay_ms = 500;
/** The whole file is written each time, so it must stay small. */
const cursorsMax = 1_000;
const namesShown = 20;

/**
 * The durable named positions of readers, in one small file.
 *
 * **Failure.** A commit is on disk within a second. A crash before that moves a cursor back, never forward:
 * its reader gets some events a second time and misses none. So retention waits for the positions on disk, not for
 * those in memory. Only while the file cannot be written it takes those in memory, for it may be what makes room; a
 * crash then leaves a reader behind the log's beginning, and it is told of a gap it has long dealt with.
 */
export class Cursors {
  readonly #options: CursorsOptions;
  readonly #byName = new Map<string, Cursor>();
  /** Where each stands in the file. */
  #onDisk: ReadonlyMap<string, number>;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #failing = false;
  #closed = false;

  /** Throws `BittenError` where the file is damaged, and what the file system throws. */
  constructor(options: CursorsOptions) {
    this.#options = options;
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
    for (const cursor of readCursors(options.file)) this.#byName.set(cursor.name, cursor);
    this.#onDisk = positionsOf(this.list());
  }

  get(name: string): Cursor | undefined {
    return this.#byName.get(name);
  }

  list(): Cursor[] {
    return [...this.#byName.values()];
  }

  /**
   * Opens a cursor at `next`, or where it stands already. Throws `CursorRefusedError` where it is one of the
   * other log, or there are too many.
   */
  open(cursor: Omit<Cursor, 'committed_at'>): Cursor {
    const existing = this.#byName.get(cursor.name);
    if (existing === undefined) {
      if (this.#byName.size >= cursorsMax) throw tooMany(this.#byName.size);
      return this.#put(cursor);
    }
    if (existing.log !== cursor.log) throw otherLog(existing, cursor.log);
    return existing.hold === cursor.hold ? existing : this.#put({ ...existing, hold: cursor.hold });
  }

  /** Moves a cursor forward; a commit behind it changes nothing. Throws `UnknownCursorError`. */
  commit(name: string, next: number): Cursor {
    const cursor = this.mustGet(name);
    return next > cursor.next ? this.#put({ ...cursor, next }) : cursor;
  }

  /** Puts a cursor anywhere. Throws `UnknownCursorError`. */
  reset(name: string, next: number): Cursor {
    return this.#put({ ...this.mustGet(name), next });
  }

  /** Throws `UnknownCursorError`. */
  delete(name: string): void {
    this.mustGet(name);
    this.#byName.delete(name);
    this.#saveSoon();
  }

  /** Throws `UnknownCursorError`. */
  mustGet(name: string): Cursor {
    const cursor = this.#byName.get(name);
    if (cursor === undefined) throw new UnknownCursorError(name, [...this.#byName.keys()]);
    return cursor;
  }

  /** The lowest position that retention must keep; Infinity where nobody holds it. */
  floor(log: LogName): number {
    let floor = Number.POSITIVE_INFINITY;
    for (const { name, log: of, next, hold } of this.#byName.values()) {
      if (!hold || of !== log) continue;
      const onDisk = this.#failing ? undefined : this.#onDisk.get(name);
      floor = Math.min(floor, next, onDisk ?? next);
    }
    return floor;
  }

  /** Resolves when all of it is on disk, or could not be written: then it is tried again. */
  async saved(): Promise<void> {
    if (this.#timer !== undefined) this.#save();
    await this.#saving;
  }

  /** Writes what is not yet on disk. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== undefined) this.#save();
    await this.#saving;
  }

  #put(cursor: Omit<Cursor, 'committed_at'>): Cursor {
    const stamped = { ...cursor, committed_at: this.#options.now() };
    this.#byName.set(stamped.name, stamped);
    this.#saveSoon();
    return stamped;
  }

  #saveSoon(): void {
    if (!this.#closed) this.#timer ??= setTimeout(() => this.#save(), saveDelay_ms);
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving
      .then(() => this.#write())
      .catch((error: unknown) => {
        if (!this.#failing) this.#options.onError(unwritten(this.#options.file, error));
        this.#failing = true;
        this.#saveSoon();
      });
  }

  async #write(): Promise<void> {
    const cursors = this.list();
    await writeCursors(this.#options.file, cursors);
    this.#onDisk = positionsOf(cursors);
    this.#failing = false;
  }
}

function positionsOf(cursors: readonly Cursor[]): ReadonlyMap<string, number> {
  return new Map(cursors.map(({ name, next }) => [name, next]));
}

function shown(names: readonly string[]): string {
  const more = names.length - namesShown;
  return names.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function tooMany(count: number): CursorRefusedError {
  return new CursorRefusedError('there are too many cursors', {
    found: `${count} cursors`,
    expected: `at most ${cursorsMax}`,
    remedy: 'delete cursors that nobody uses any more',
  });
}

function unwritten(file: string, cause: unknown): BittenError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BittenError('cursors_unwritten', `the cursors cannot be written: ${why}`, {
    found: why,
    remedy: `see that ${file} can be written; until then cursors move in memory, and a crash moves them back`,
    cause,
  });
}

function otherLog(cursor: Cursor, wanted: LogName): CursorRefusedError {
  return new CursorRefusedError(`the cursor ${cursor.name} is one of another log`, {
    found: `a cursor of ${cursor.log}`,
    expected: `one of ${wanted}`,
    remedy: 'use another name for it',
  });
}
