import { randomUUID } from 'node:crypto';
import { appendFileSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isClientName, isKey, KeyFileError } from './key-pair.js';
import { checkPrivate } from './private-file.js';

/** A key that may come in. */
export interface AllowedKey {
  publicKey: string;
  name: string;
}

/** Reads an allow-list: `key name`, one a line. Throws `KeyFileError`, which names the line that is wrong. */
export function readAllowList(file: string): AllowedKey[] {
  const { keys, wrong } = readLines(file);
  if (wrong !== undefined) throw wrong;
  return keys;
}

/** Adds a key at the end. Throws `KeyFileError`, with code `key_exists` where the name or the key is on it. */
export function addToAllowList(file: string, { publicKey, name }: AllowedKey): void {
  const taken = readAllowList(file).find((each) => each.name === name || each.publicKey === publicKey);
  if (taken !== undefined) {
    throw new KeyFileError(file, {
      code: 'key_exists',
      found: `a key named ${taken.name}`,
      expected: `no ${name} yet`,
      remedy: `choose another name, or remove the old one: bitten keys revoke ${taken.name}`,
    });
  }
  const text = readFileSync(file, 'utf8');
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${publicKey} ${name}\n`);
}

/** Takes a name off the list; false where it was not on it. Throws `KeyFileError`. */
export function removeFromAllowList(file: string, name: string): boolean {
  const keys = readAllowList(file);
  if (!keys.some((key) => key.name === name)) return false;
  const left = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => isComment(line) || line.trim().split(/\s+/)[1] !== name);
  // A list is replaced whole, so that no reader ever sees half of it.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, left.join('\n'), { flag: 'wx', mode: 0o600 });
  renameSync(draft, file);
  return true;
}

interface AllowListOptions {
  file: string;
  /** Hears that the list has changed. */
  onChange: (keys: number) => void;
  /** Hears, once for each spell, what is wrong with a changed list. */
  onTrouble: (error: unknown) => void;
}

/**
 * Who may come in, as the file says now. Each look at it costs one `stat`; it is read again when it has changed.
 *
 * **Failure.** A key counts only where it can be read: of a list with a line that is wrong the other lines count, and
 * of a list that cannot be read at all, nothing. So a key that somebody has taken off never comes in for the sake of
 * a mistake elsewhere. A list that cannot be read is no word on those who are inside, and `onChange` is not called.
 * At the start either is an error, and the constructor throws.
 */
export class AllowList {
  readonly #o: AllowListOptions;
  #names: Map<string, string>;
  #seen: string;
  #inTrouble = false;
  #isReadable = true;

  /** Throws `KeyFileError`. */
  constructor(options: AllowListOptions) {
    this.#o = options;
    // Before reading: a change in between is then seen as one.
    this.#seen = fingerprint(options.file);
    this.#names = byKey(readAllowList(options.file));
  }

  /** Whether the file could be read when it was looked at last: if not, it says nothing of those who are inside. */
  get isReadable(): boolean {
    return this.#isReadable;
  }

  /** The name of a key that may come in; undefined for any other. */
  nameOf(publicKey: string): string | undefined {
    return this.#names.get(publicKey);
  }

  /** Reads the file again where it has changed. */
  refresh(): void {
    const now = fingerprint(this.#o.file);
    if (now === this.#seen) return;
    this.#seen = now;
    const list = this.#read();
    this.#names = byKey(list.keys);
    if (list.wrong !== undefined && !this.#inTrouble) this.#o.onTrouble(list.wrong);
    this.#inTrouble = list.wrong !== undefined;
    this.#isReadable = list.isReadable;
    if (list.isReadable) this.#o.onChange(this.#names.size);
  }

  #read(): Lines & { isReadable: boolean } {
    try {
      return { ...readLines(this.#o.file), isReadable: true };
    } catch (wrong) {
      return { keys: [], wrong, isReadable: false };
    }
  }
}

/** Differs whenever the file has been written, replaced, closed to us or opened to others. */
function fingerprint(file: string): string {
  try {
    const { mtimeNs, ctimeNs, size, ino } = lstatSync(file, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch {
    return 'none';
  }
}

function byKey(keys: readonly AllowedKey[]): Map<string, string> {
  return new Map(keys.map(({ publicKey, name }) => [publicKey, name]));
}

interface Lines {
  keys: AllowedKey[];
  /** The first line that is wrong. */
  wrong: unknown;
}

/** Throws `KeyFileError` where the file as a whole cannot be used. */
function readLines(file: string): Lines {
  checkPrivate(file, 'file', {
    expected: 'the list of keys that may come in',
    remedy: 'make one: bitten keys init',
  });
  return parse(file, readFileSync(file, 'utf8'));
}

function parse(file: string, text: string): Lines {
  const lines: Lines = { keys: [], wrong: undefined };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || isComment(line)) continue;
    const [publicKey, name, ...rest] = line.trim().split(/\s+/);
    if (isKey(publicKey) && isClientName(name) && rest.length === 0) {
      lines.keys.push({ publicKey, name });
      continue;
    }
    lines.wrong ??= new KeyFileError(file, {
      found: `another line ${index + 1}`,
      expected: 'lines of a public key (40 characters of Z85), a space and a name',
      remedy: `correct line ${index + 1}`,
    });
  }
  return lines;
}

/** A key may begin with `#`, but never holds a space. */
function isComment(line: string): boolean {
  return line.startsWith('# ') || line.trim() === '#';
}
