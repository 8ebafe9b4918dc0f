import { isSecretKey } from './secret-keys.js';

/** What stands in the place of a secret in a dead letter. */
const marker = '"[secret removed]"';

/**
 * A text with the values of all keys that look like secrets replaced by a marker, everything else as it came;
 * the same text where there are none. It is for what was refused, so the text may be anything: of JSON it is
 * exact, also where a key stands twice; of what is no JSON (cut off, single quotes, bare keys) it takes out
 * whatever follows such a key, rather too much than too little. Never throws; takes time linear in the text.
 */
export function redactSecrets(text: string): string {
  if (!mayHold.test(text)) return text;
  const cleaned = replaceValues(text, keysInQuotes(text));
  return isJson(text) ? cleaned : replaceValues(cleaned, keysByLook(cleaned));
}

/** Part of every name of a secret, or an escape that could be part of one. */
const mayHold = /pass|pwd|secret|token|key|authorization|bearer|cred|seed|recovery|mnemonic|cv[vc]|jwt|\\u/i;

/** Replaces what stands after each of the positions, which ascend. */
function replaceValues(text: string, positions: Iterable<number>): string {
  let result = '';
  let done = 0;
  for (const position of positions) {
    // Within a value that is gone already.
    if (position < done) continue;
    const end = endOfValue(text, position);
    if (tellsNothing.has(text.slice(position, end).trim()) || text.startsWith(marker, position)) continue;
    result += text.slice(done, position) + marker;
    done = end;
  }
  return result + text.slice(done);
}

const tellsNothing: ReadonlySet<string> = new Set(['', 'null', 'true', 'false']);

/** Where the values of secret keys begin, in JSON or what is nearly JSON. */
function* keysInQuotes(text: string): Generator<number> {
  for (let start = text.indexOf('"'); start !== -1; ) {
    const end = endOfString(text, start);
    const colon = skipSpace(text, end);
    if (text[colon] === ':' && isSecretKey(unescaped(text.slice(start + 1, end - 1)))) {
      yield skipSpace(text, colon + 1);
    }
    start = text.indexOf('"', end);
  }
}

/** The same in anything else: a word, in quotes or without, and a colon or equals sign. */
function* keysByLook(text: string): Generator<number> {
  for (const match of text.matchAll(/(?<![\w.-])([\w.-]{1,64})\\?['"`]?\s{0,8}[:=]/g)) {
    if (isSecretKey(match[1] ?? '')) yield skipSpace(text, match.index + match[0].length);
  }
}

/** The position after a value: a string, an object or array with all that is in it, or a bare word or number. */
function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"' || first === "'") return endOfString(text, start);
  if (first !== '{' && first !== '[') return endOfWord(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function endOfWord(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    if (',}]\n\r'.includes(text[at] as string)) return at;
  }
  return text.length;
}

/** The position after the quote that closes the string opened at `start`; the text's end where there is none. */
function endOfString(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === quote) return at + 1;
  }
  return text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (' \t\n\r'.includes(text[at] ?? '.')) at += 1;
  return at;
}

function unescaped(key: string): string {
  if (!key.includes('\\')) return key;
  try {
    return JSON.parse(`"${key}"`) as string;
  } catch {
    return key;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
