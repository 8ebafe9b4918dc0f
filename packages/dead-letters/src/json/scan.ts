import { BadChangeError } from '../errors.js';

// A payload is changed as text, never by way of JSON.parse: that would make another number of 1e400 and of what has
// more than 16 digits, and drop all but the last of a key that stands twice. What is no valid JSON only because of a
// word in it, such as Python's NaN, can be found a way in too. Nothing here is recursive: a payload may be nested
// half a million deep.

/** A member of an object, or an item of an array under its index, by positions in the text. */
export interface Member {
  key: string;
  /** Where its key begins; of an item, its value. */
  start: number;
  value: number;
  end: number;
}

/** The position of the next character that is no white space. */
export function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at += 1;
  return at;
}

/** The position after a value. Throws `BadChangeError` where the text ends before. */
export function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '{' && first !== '[') return endOfWord(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  throw broken(text.length, 'it ends before all is closed');
}

/** The position after the quote that closes the string opened at `start`. Throws `BadChangeError` where none does. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"') return at + 1;
  }
  throw broken(start, 'a string that is never closed');
}

function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !' \t\n\r,:{}[]"'.includes(text[at]!)) at += 1;
  if (at === start) throw broken(start, `${at < text.length ? text[at] : 'the end'} where a value should be`);
  return at;
}

/** The members of the object, or the items of the array, that opens at `start`. Throws `BadChangeError`. */
export function membersOf(text: string, start: number): Member[] {
  const isObject = text[start] === '{';
  const close = isObject ? '}' : ']';
  const members: Member[] = [];
  let at = skipSpace(text, start + 1);
  if (text[at] === close) return members;
  for (;;) {
    const member = isObject ? readMember(text, at) : readItem(text, at, members.length);
    members.push(member);
    at = skipSpace(text, member.end);
    if (text[at] === close) return members;
    if (text[at] !== ',') throw broken(at, `no comma and no ${close} behind a value`);
    at = skipSpace(text, at + 1);
  }
}

function readMember(text: string, start: number): Member {
  if (text[start] !== '"') throw broken(start, 'a key without quotes');
  const keyEnd = endOfString(text, start);
  const colon = skipSpace(text, keyEnd);
  if (text[colon] !== ':') throw broken(colon, 'a key without a colon');
  const value = skipSpace(text, colon + 1);
  return { key: keyIn(text, start, keyEnd), start, value, end: endOfValue(text, value) };
}

function keyIn(text: string, start: number, end: number): string {
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    throw broken(start, 'a key that is no JSON string');
  }
}

function readItem(text: string, start: number, index: number): Member {
  return { key: String(index), start, value: start, end: endOfValue(text, start) };
}

function broken(at: number, what: string): BadChangeError {
  return new BadChangeError(
    'the payload cannot be changed field by field',
    `${what}, at character ${at + 1}`,
  );
}
