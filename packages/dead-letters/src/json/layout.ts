import { BadChangeError } from '../errors.js';
import { endOfString, skipSpace } from './scan.js';

/** Deeper than this nothing is indented further: a payload may be nested half a million deep. */
const indents_max = 64;

/**
 * A JSON text laid out for people: only white space between its values changes, so that every digit and every member
 * stays as it came. What is not built like JSON comes back as it is.
 */
export function prettyJson(text: string): string {
  try {
    return layOut(text) ?? text;
  } catch (error) {
    if (error instanceof BadChangeError) return text;
    throw error;
  }
}

/** A JSON text without white space between its values; what is no JSON comes back as it is. */
export function compactJson(text: string): string {
  if (!isJson(text)) return text;
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text[at] === '"' ? endOfString(text, at) : at + 1;
    if (!isSpace(text[at]!)) pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces.join('');
}

/** Null where brackets do not match. */
function layOut(text: string): string | null {
  const pieces: string[] = [];
  const open: string[] = [];
  const newLine = () => pieces.push(`\n${'  '.repeat(Math.min(open.length, indents_max))}`);
  for (let at = 0; at < text.length; ) {
    const char = text[at]!;
    const end = char === '"' ? endOfString(text, at) : at + 1;
    if (char === '{' || char === '[') {
      pieces.push(char);
      open.push(char === '{' ? '}' : ']');
      if (!isEmpty(text, at)) newLine();
    } else if (char === '}' || char === ']') {
      if (open.pop() !== char) return null;
      if (!'{['.includes(pieces.at(-1) ?? '')) newLine();
      pieces.push(char);
    } else if (char === ',') {
      pieces.push(char);
      newLine();
    } else if (char === ':') pieces.push(': ');
    else if (!isSpace(char)) pieces.push(text.slice(at, end));
    // Two words side by side are no JSON, and must not become one.
    else if (isBetweenWords(text, at)) pieces.push(' ');
    at = end;
  }
  return open.length === 0 ? pieces.join('') : null;
}

function isEmpty(text: string, open: number): boolean {
  return /^\s*[}\]]/.test(text.slice(open + 1, open + 100));
}

/** Whether white space begins here that keeps two values apart. */
function isBetweenWords(text: string, at: number): boolean {
  const after = text[skipSpace(text, at)] ?? ',';
  return !' \t\n\r,:{}[]'.includes(text[at - 1] ?? ',') && !',:{}[]'.includes(after);
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
