/** Where a text stops being JSON; lines and columns from 1. */
export interface JsonBreak {
  line: number;
  column: number;
  why: string;
}

const whitespace = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has them escaped
const stringToken = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const scalarToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** No payload that a person corrects is nested deeper; beyond it nothing is marked. */
const depth_max = 200;

class NotJson extends Error {
  constructor(
    readonly at: number,
    readonly why: string,
  ) {
    super(why);
  }
}

/**
 * Walks a text as JSON and remembers where each field stands: the browser's own parser tells neither that nor,
 * everywhere, where a text breaks off.
 */
class Walk {
  readonly places = new Map<string, number>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Throws `NotJson`. */
  all(): void {
    this.#value('', 0);
    this.#skip();
    if (this.#at < this.#text.length) throw new NotJson(this.#at, 'nothing may follow the closing brace');
  }

  #value(path: string, depth: number): void {
    this.#skip();
    if (!this.places.has(path)) this.places.set(path, this.#at);
    if (depth > depth_max) throw new NotJson(this.#at, `nested deeper than ${depth_max}`);
    const first = this.#text[this.#at];
    if (first === '{') return this.#members(path, depth);
    if (first === '[') return this.#items(path, depth);
    if (first === '"')
      this.#token(stringToken, 'a text is not closed, or holds a character that has to be escaped');
    else this.#token(scalarToken, 'a value is expected');
  }

  #members(path: string, depth: number): void {
    this.#at += 1;
    if (this.#isNext('}')) return;
    do {
      this.#skip();
      const start = this.#at;
      const name = JSON.parse(this.#token(stringToken, 'a name in double quotes is expected')) as string;
      const place = path === '' ? name : `${path}.${name}`;
      this.#expect(':', 'a colon is expected');
      this.#value(place, depth + 1);
      this.places.set(place, start);
    } while (this.#isNext(','));
    this.#expect('}', 'a comma or a closing brace is expected');
  }

  #items(path: string, depth: number): void {
    this.#at += 1;
    if (this.#isNext(']')) return;
    let index = 0;
    do {
      this.#value(path === '' ? String(index) : `${path}.${index}`, depth + 1);
      index += 1;
    } while (this.#isNext(','));
    this.#expect(']', 'a comma or a closing bracket is expected');
  }

  #skip(): void {
    whitespace.lastIndex = this.#at;
    this.#at += whitespace.exec(this.#text)![0].length;
  }

  #isNext(sign: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string, why: string): void {
    if (!this.#isNext(sign)) throw new NotJson(this.#at, why);
  }

  #token(pattern: RegExp, why: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw new NotJson(this.#at, why);
    this.#at += found[0].length;
    return found[0];
  }
}

/** Where each field of a text stands, as far as it is JSON, and where it stops being JSON; null where it does not. */
export function placesIn(text: string): { lines: Map<string, number>; broken: JsonBreak | null } {
  const walk = new Walk(text);
  let broken: JsonBreak | null = null;
  try {
    walk.all();
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    broken = { ...lineAndColumn(text, error.at), why: error.why };
  }
  const lineAt = lineFinder(text);
  return { lines: new Map([...walk.places].map(([path, at]) => [path, lineAt(at)])), broken };
}

function lineAndColumn(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - before.lastIndexOf('\n') };
}

/** Lines of places in a text, found among the starts of its lines. */
function lineFinder(text: string): (at: number) => number {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (at) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** The line a field stands in, or the innermost field around it that is there; undefined for the event as a whole. */
export function lineOf(path: string, lines: ReadonlyMap<string, number>): number | undefined {
  for (let place = path; place !== ''; place = place.slice(0, Math.max(0, place.lastIndexOf('.')))) {
    const line = lines.get(place);
    if (line !== undefined) return line;
  }
  return undefined;
}
