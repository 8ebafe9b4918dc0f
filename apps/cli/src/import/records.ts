import { createReadStream } from 'node:fs';

/** One line of a file, or what several files say of the same moment: the unit an import counts and maps. */
export interface ImportRecord {
  /** Number of its line in the (first) file, from 1. */
  line: number;
  /** Its text; where it comes from several lines, joined by `\n`. */
  text: string;
}

/** A line longer than this is cut: no event may be as large, so it goes to the dead letters anyway. */
const line_bytes_max = 2 * 1024 * 1024;
const read_bytes = 256 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

export interface ReadLinesOptions {
  /** Hears how many bytes of the file have been read. */
  onBytes?: (bytes: number) => void;
  /**
   * Whether a last line that lacks its line end is still being written. Such a line is left out: the next import
   * finds it whole.
   */
  isUnfinished?: (text: string) => boolean;
  /** Hears of a line left out for that. */
  onUnfinished?: (record: ImportRecord) => void;
  signal?: AbortSignal;
}

/**
 * The lines of a file as they come from the disk, several at a time, without their line ends. Blank lines are
 * left out, and a byte order mark is not part of the first. Memory is bounded whatever the file.
 */
export async function* readLines(
  file: string,
  options: ReadLinesOptions = {},
): AsyncGenerator<ImportRecord[]> {
  const splitter = new LineSplitter();
  let bytes = 0;
  const stream = createReadStream(file, {
    highWaterMark: read_bytes,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    options.onBytes?.(bytes);
    const records = splitter.push(chunk);
    if (records.length > 0) yield records;
  }
  const last = splitter.end();
  if (last === undefined) return;
  if (options.isUnfinished?.(last.text)) options.onUnfinished?.(last);
  else yield [last];
}

/** Cuts bytes into lines, whatever pieces they come in. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #line = 0;

  push(chunk: Buffer): ImportRecord[] {
    const records: ImportRecord[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end));
      const record = this.end();
      if (record !== undefined) records.push(record);
      start = end + 1;
    }
    // A copy: the stream may use its buffer again, and a slice would hold all of it.
    if (start < chunk.length) this.#keep(Buffer.from(chunk.subarray(start)));
    return records;
  }

  /** Ends the line in hand; undefined where it is blank. */
  end(): ImportRecord | undefined {
    const bytes = this.#rest.length === 1 ? this.#rest[0]! : Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    this.#line += 1;
    const isReturned = bytes.at(-1) === carriageReturn;
    let text = bytes.toString('utf8', 0, isReturned ? bytes.length - 1 : bytes.length);
    if (this.#line === 1 && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    return text.trim() === '' ? undefined : { line: this.#line, text };
  }

  #keep(piece: Buffer): void {
    const room = line_bytes_max - this.#restBytes;
    if (piece.length === 0 || room <= 0) return;
    this.#rest.push(piece.length > room ? piece.subarray(0, room) : piece);
    this.#restBytes += Math.min(piece.length, room);
  }
}
