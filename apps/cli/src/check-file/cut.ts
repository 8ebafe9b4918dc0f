import type { FileForm } from './form.js';

/** One value of a file, as it stands there. */
export interface Piece {
  /** Where it begins, from 1. */
  line: number;
  /** Its number in a list, from 1. */
  item?: number;
  bytes: Buffer;
}

/** Cuts the bytes of a file into values, whatever pieces they come in. Memory is for one value, and bounded. */
export interface Cutter {
  push(chunk: Buffer): Piece[];
  /** What is left at the end of the file. */
  end(): Piece[];
}

export function makeCutter(form: FileForm): Cutter {
  return form === 'lines' ? new LineCutter() : new ValueCutter(form === 'list');
}

/** Of a larger value only so much is kept: no event may be as large, so it is invalid anyway. */
const value_bytes_max = 2 * 1024 * 1024;

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** The bytes of the value in hand. */
class Keeper {
  #pieces: Buffer[] = [];
  #bytes = 0;

  keep(piece: Buffer): void {
    const room = value_bytes_max - this.#bytes;
    if (piece.length === 0 || room <= 0) return;
    // A copy: the stream may use its buffer again.
    this.#pieces.push(Buffer.from(piece.subarray(0, room)));
    this.#bytes += Math.min(piece.length, room);
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return bytes;
  }
}

class LineCutter implements Cutter {
  readonly #keeper = new Keeper();
  #line = 0;

  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keeper.keep(chunk.subarray(start, end));
      pieces.push(...this.end());
      start = end + 1;
    }
    this.#keeper.keep(chunk.subarray(start));
    return pieces;
  }

  end(): Piece[] {
    this.#line += 1;
    const bytes = this.#keeper.take();
    return isBlank(bytes) ? [] : [{ line: this.#line, bytes }];
  }
}

/**
 * Values one after the other, or those of one list: cut where the brackets that a value has opened are closed, and in
 * a list at the commas between them.
 */
class ValueCutter implements Cutter {
  readonly #keeper = new Keeper();
  readonly #isList: boolean;
  #line = 1;
  /** Where the value in hand begins; null while there is only white space. */
  #startLine: number | null = null;
  #item = 0;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  /** Whether a comma was read, behind which another value must come. */
  #isOwed = false;
  /** Of a list: not yet opened, open, or closed. */
  #list: 'before' | 'within' | 'behind' | 'none';

  constructor(isList: boolean) {
    this.#isList = isList;
    this.#list = isList ? 'before' : 'none';
  }

  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (this.#startLine === null && !isSpace(byte)) this.#startLine = this.#line;
      if (byte === newline) this.#line += 1;
      const cut = this.#step(byte);
      if (cut === 'go on') continue;
      // What closes a value belongs to it; a comma or the list's own bracket does not.
      this.#keeper.keep(chunk.subarray(start, cut === 'behind' ? at + 1 : at));
      start = at + 1;
      pieces.push(...this.#take(byte === comma));
    }
    this.#keeper.keep(chunk.subarray(start));
    return pieces;
  }

  end(): Piece[] {
    const left = this.#take(false);
    if (this.#list !== 'within') return left;
    // The list was never closed: what is left of it is told as that.
    return [...left, { line: this.#line, item: this.#item + 1, bytes: Buffer.from('[') }];
  }

  /** Whether a value ends here: before this byte, or behind it. */
  #step(byte: number): 'go on' | 'before' | 'behind' {
    if (this.#inString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) this.#inString = false;
      return 'go on';
    }
    if (byte === quote) this.#inString = true;
    else if (byte === 0x7b || byte === 0x5b) return this.#open();
    else if (byte === 0x7d || byte === 0x5d) return this.#close();
    else if (byte === comma && this.#depth === 0 && this.#list === 'within') return 'before';
    else if (byte === newline && this.#depth === 0 && !this.#isList) return 'before';
    return 'go on';
  }

  #open(): 'go on' | 'before' {
    if (this.#list === 'before') {
      this.#list = 'within';
      return 'before';
    }
    this.#depth += 1;
    return 'go on';
  }

  #close(): 'go on' | 'before' | 'behind' {
    if (this.#depth === 0) {
      if (this.#list !== 'within') return 'go on';
      this.#list = 'behind';
      return 'before';
    }
    this.#depth -= 1;
    return this.#depth === 0 && !this.#isList ? 'behind' : 'go on';
  }

  /** The value in hand; none where there is only white space, unless a comma says that one is missing. */
  #take(isBeforeComma: boolean): Piece[] {
    const bytes = this.#keeper.take();
    const wasOwed = this.#isOwed;
    this.#isOwed = isBeforeComma;
    const line = this.#startLine ?? this.#line;
    this.#startLine = null;
    if (isBlank(bytes) && !isBeforeComma && !wasOwed) return [];
    if (!this.#isList) return [{ line, bytes }];
    this.#item += 1;
    return [{ line, item: this.#item, bytes }];
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(isSpace);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
