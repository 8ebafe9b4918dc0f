import { isAscii, isUtf8 } from 'node:buffer';
import { CountError, NotUtf8Error } from './errors.js';

const newline = 0x0a;

/** Events as one body: NDJSON without a `\n` after the last. Each text must be on one line; see `oneLine`. */
export function joinEvents(texts: readonly string[]): Buffer {
  // Measured: appending to one string takes half the time of `join`.
  let body = texts[0] ?? '';
  for (let index = 1; index < texts.length; index++) body += `\n${texts[index]}`;
  return Buffer.from(body);
}

/** Bodies one after the other as one body; empty ones vanish. One body comes back as it is. */
export function joinBodies(bodies: readonly Buffer[]): Buffer {
  const filled = bodies.filter((body) => body.length > 0);
  const [first] = filled;
  if (first !== undefined && filled.length === 1) return first;
  const pieces: Buffer[] = [];
  for (const body of filled) pieces.push(separator, body);
  return Buffer.concat(pieces.slice(1));
}

const separator = Buffer.from('\n');

/**
 * A JSON text on one line. `\n` and `\r` can stand in valid JSON only as white space, so a space is as good
 * (docs/PROTOCOL.md section 1). What `JSON.stringify` wrote without indentation comes back as it is.
 */
export function oneLine(text: string): string {
  return /[\n\r]/.test(text) ? text.replace(/[\n\r]/g, ' ') : text;
}

/**
 * Cuts a body into the texts of its events.
 * With `count`, throws `CountError` where the body holds another number. Throws `NotUtf8Error` where bytes are
 * not UTF-8; `splitBytes` then tells which event's they are.
 */
export function splitEvents(body: Buffer, count?: number): string[] {
  const texts = isAscii(body) ? splitAscii(body) : splitUtf8(body);
  if (count !== undefined && texts.length !== count) throw new CountError(count, texts.length);
  return texts;
}

/** Latin-1 decoding is a plain copy, and for ASCII it is right; the texts are slices of it, not copies. */
function splitAscii(body: Buffer): string[] {
  if (body.length === 0) return [];
  const text = body.toString('latin1');
  const texts: string[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    texts.push(text.slice(start, end));
    start = end + 1;
  }
  texts.push(text.slice(start));
  return texts;
}

/** One event in another script makes only itself dear to decode, not the whole batch. */
function splitUtf8(body: Buffer): string[] {
  if (!isUtf8(body)) throw new NotUtf8Error();
  return splitBytes(body).map((piece) => piece.toString(isAscii(piece) ? 'latin1' : 'utf8'));
}

/** Cuts a body into the bytes of its events, without a copy and whatever the bytes are. */
export function splitBytes(body: Buffer): Buffer[] {
  if (body.length === 0) return [];
  const pieces: Buffer[] = [];
  let start = 0;
  for (let end = body.indexOf(newline); end !== -1; end = body.indexOf(newline, start)) {
    pieces.push(body.subarray(start, end));
    start = end + 1;
  }
  pieces.push(body.subarray(start));
  return pieces;
}

/**
 * Collects events into a body until it is taken, and says at any time how large the body has become, so that a
 * batch can be bounded in bytes.
 */
export class BodyWriter {
  #texts: string[] = [];
  #bytes = 0;

  get count(): number {
    return this.#texts.length;
  }

  /** Size of the body as it stands, separators included. */
  get bytes(): number {
    return this.#bytes === 0 ? 0 : this.#bytes - 1;
  }

  /** Adds one event, on one line (see `oneLine`). */
  add(text: string): void {
    this.#texts.push(text);
    this.#bytes += Buffer.byteLength(text) + 1;
  }

  /** The body, and an empty writer for the next. */
  take(): Buffer {
    const body = joinEvents(this.#texts);
    this.#texts = [];
    this.#bytes = 0;
    return body;
  }
}
