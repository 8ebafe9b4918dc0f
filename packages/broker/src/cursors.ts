import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BittenError } from '@bitten/schema';

export type LogName = 'events' | 'dead_letters';

export interface Cursor {
  name: string;
  log: LogName;
  /** The first position not yet dealt with. */
  next: number;
  /** Whether retention must not pass it. */
  hold: boolean;
  /** Unix seconds. */
  committed_at: number;
}

/** No cursor has that name. */
export class UnknownCursorError extends BittenError {
  constructor(name: string, known: readonly string[]) {
    super('unknown_cursor', `no cursor is named ${name}`, {
      found: name,
      expected: known.length === 0 ? 'a cursor opened before; there is none' : `one of ${known.join(', ')}`,
      remedy: 'open it with cursor_open first',
    });
  }
}

interface CursorsOptions {
  file: string;
  /** Unix seconds. */
  now: () => number;
  onError: (error: unknown) => void;
}

const saveDelay_ms = 500;

/**
 * The durable named positions of readers, in one small file.
 *
 * **Failure.** A commit is on disk within a second. A crash before that moves a cursor back, never forward:
 * its reader gets some events a second time and misses none.
 */
export class Cursors {
  readonly #options: CursorsOptions;
  readonly #byName = new Map<string, Cursor>();
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: CursorsOptions) {
    this.#options = options;
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
    for (const cursor of readCursors(options.file)) this.#byName.set(cursor.name, cursor);
  }

  get(name: string): Cursor | undefined {
    return this.#byName.get(name);
  }

  list(): Cursor[] {
    return [...this.#byName.values()];
  }

  /** Opens a cursor at `next`, or where it stands already. */
  open(cursor: Omit<Cursor, 'committed_at'>): Cursor {
    const existing = this.#byName.get(cursor.name);
    if (existing !== undefined && existing.hold === cursor.hold) return existing;
    return this.#put({ ...(existing ?? cursor), hold: cursor.hold });
  }

  /** Moves a cursor forward; a commit behind it changes nothing. Throws `UnknownCursorError`. */
  commit(name: string, next: number): Cursor {
    const cursor = this.#mustGet(name);
    return next > cursor.next ? this.#put({ ...cursor, next }) : cursor;
  }

  /** Puts a cursor anywhere. Throws `UnknownCursorError`. */
  reset(name: string, next: number): Cursor {
    return this.#put({ ...this.#mustGet(name), next });
  }

  /** Throws `UnknownCursorError`. */
  delete(name: string): void {
    this.#mustGet(name);
    this.#byName.delete(name);
    this.#saveSoon();
  }

  /** The lowest position that retention must keep; Infinity where nobody holds it. */
  floor(log: LogName): number {
    let floor = Number.POSITIVE_INFINITY;
    for (const cursor of this.#byName.values()) {
      if (cursor.hold && cursor.log === log) floor = Math.min(floor, cursor.next);
    }
    return floor;
  }

  /** Writes what is not yet on disk. */
  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#save();
    await this.#saving;
  }

  #mustGet(name: string): Cursor {
    const cursor = this.#byName.get(name);
    if (cursor === undefined) throw new UnknownCursorError(name, [...this.#byName.keys()]);
    return cursor;
  }

  #put(cursor: Omit<Cursor, 'committed_at'>): Cursor {
    const stamped = { ...cursor, committed_at: this.#options.now() };
    this.#byName.set(stamped.name, stamped);
    this.#saveSoon();
    return stamped;
  }

  #saveSoon(): void {
    this.#timer ??= setTimeout(() => this.#save(), saveDelay_ms);
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving
      .then(() =>
        writeAtomically(this.#options.file, `${JSON.stringify({ cursors: this.list() }, null, 1)}\n`),
      )
      .catch(this.#options.onError);
  }
}

function readCursors(file: string): Cursor[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return (JSON.parse(text) as { cursors: Cursor[] }).cursors;
  } catch (cause) {
    throw new BittenError('corrupt_cursors', `${file} is not a list of cursors`, {
      found: text.slice(0, 80),
      expected: '{"cursors": […]}',
      remedy: 'move the file away; every reader then opens its cursor anew, at the start of the log',
      cause,
    });
  }
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  renameSync(temporary, file);
}
