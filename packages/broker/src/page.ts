import type { LogRecord } from '@bitten/storage/log';
import { splitEvents } from '@bitten/transport';
import type { Facets } from './filter.js';

/** `count` events from `seq` on, appended at that Unix time. */
export type Run = [seq: number, count: number, appendedAt: number];

/** What a fetch answers: the positions `from` to `next`, and the events among them. */
export interface Page {
  from: number;
  next: number;
  end: number;
  runs: Run[];
  body: Buffer;
}

const newlineByte = 0x0a;
const newline = Buffer.from('\n');
/** Keeps the header of a reply below its limit, also where every record is a single event. */
const runsMax = 10_000;

/** Puts a page together from records. */
export class PageBuilder {
  readonly #from: number;
  readonly #bytesMax: number;
  readonly #parts: Buffer[] = [];
  readonly #runs: Run[] = [];
  #bytes = 0;
  #next: number;

  constructor(from: number, bytesMax: number) {
    this.#from = from;
    this.#bytesMax = bytesMax;
    this.#next = from;
  }

  /** The first position not yet looked at. */
  get next(): number {
    return this.#next;
  }

  get empty(): boolean {
    return this.#runs.length === 0;
  }

  get full(): boolean {
    return this.#bytes >= this.#bytesMax || this.#runs.length >= runsMax;
  }

  /** Adds the events of a record without looking into them, or as many as there is room for, at least one. */
  addRecord({ seq, count, appendedAt, body }: LogRecord): void {
    if (this.full) return;
    const room = this.#bytesMax - this.#bytes;
    if (body.length <= room) {
      this.#add(seq, count, appendedAt, body);
      this.#next = seq + count;
      return;
    }
    const part = cutAfterLine(body, room);
    if (part.length > room && !this.empty) return;
    const lines = countLines(part);
    this.#add(seq, lines, appendedAt, part);
    this.#next = seq + lines;
    // Whatever follows does not join what has been cut off.
    this.#bytes = Math.max(this.#bytes, this.#bytesMax);
  }

  /** Adds those events of a record that pass. */
  addMatches(record: LogRecord, passes: (event: Facets) => boolean): void {
    const texts = splitEvents(record.body);
    for (const [i, text] of texts.entries()) {
      if (this.full) return;
      if (passes(JSON.parse(text) as Facets)) {
        this.#add(record.seq + i, 1, record.appendedAt, Buffer.from(text));
      }
      this.#next = record.seq + i + 1;
    }
  }

  build(end: number): Page {
    const body = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    return { from: this.#from, next: this.#next, end, runs: this.#runs, body };
  }

  #add(seq: number, count: number, appendedAt: number, body: Buffer): void {
    if (this.#parts.length > 0) this.#parts.push(newline);
    this.#parts.push(body);
    this.#bytes += body.length + 1;
    // To the millisecond: events of one commit then share a run.
    const time = Math.round(appendedAt * 1000) / 1000;
    const last = this.#runs.at(-1);
    if (last !== undefined && last[2] === time && last[0] + last[1] === seq) last[1] += count;
    else this.#runs.push([seq, count, time]);
  }
}

/** The lines that fit into so many bytes, at least the first one, without the break after the last. */
function cutAfterLine(body: Buffer, bytesMax: number): Buffer {
  const fitting = body.lastIndexOf(newlineByte, bytesMax);
  const end = fitting === -1 ? body.indexOf(newlineByte) : fitting;
  return end === -1 ? body : body.subarray(0, end);
}

function countLines(body: Buffer): number {
  let lines = 1;
  for (let at = body.indexOf(newlineByte); at !== -1; at = body.indexOf(newlineByte, at + 1)) lines += 1;
  return lines;
}
