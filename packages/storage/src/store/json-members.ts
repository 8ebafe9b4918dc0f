const quote = 0x22;
const backslash = 0x5c;
const braceOpen = 0x7b;
const braceClose = 0x7d;
const bracketOpen = 0x5b;
const bracketClose = 0x5d;
const colon = 0x3a;
const comma = 0x2c;

/** Numbers of `memberPlaces` that belong to one member: key from, key to, value from, value to. */
export const placesPerMember = 4;

/**
 * Where the members of a JSON object stand in its text: for each, in the order of the text, the place of its
 * key (with quotes) and of its value, each as from and to. Parsing would lose how a number was written; this
 * keeps the text and only finds its joints.
 *
 * The text must be valid JSON: only strings and brackets are looked at. Null where it is not an object.
 */
export function memberPlaces(text: string): number[] | null {
  const places: number[] = [];
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== braceOpen) return null;
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === braceClose) return places;
  for (;;) {
    if (text.charCodeAt(at) !== quote) return null;
    const keyTo = skipString(text, at);
    const valueFrom = skipSpace(text, skipSpace(text, keyTo) + 1);
    if (text.charCodeAt(skipSpace(text, keyTo)) !== colon) return null;
    const valueTo = skipValue(text, valueFrom);
    if (valueTo === valueFrom) return null;
    places.push(at, keyTo, valueFrom, valueTo);
    at = skipSpace(text, valueTo);
    const code = text.charCodeAt(at);
    if (code === braceClose) return places;
    if (code !== comma) return null;
    at = skipSpace(text, at + 1);
  }
}

function skipSpace(text: string, at: number): number {
  let code = text.charCodeAt(at);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++at);
  return at;
}

/** The place after the closing quote of the string that opens here. */
function skipString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at++;
  }
  return text.length;
}

function skipValue(text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (code === quote) return skipString(text, from);
  if (code === braceOpen || code === bracketOpen) return skipNested(text, from);
  let at = from;
  for (; at < text.length; at++) {
    const next = text.charCodeAt(at);
    if (next === comma || next === braceClose || next === bracketClose || next <= 0x20) break;
  }
  return at;
}

/** Counts depth instead of recursing, so that hostile nesting cannot exhaust the stack. */
function skipNested(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = skipString(text, at) - 1;
    else if (code === braceOpen || code === bracketOpen) depth++;
    else if ((code === braceClose || code === bracketClose) && --depth === 0) return at + 1;
  }
  return text.length;
}
