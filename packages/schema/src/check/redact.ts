import { createHash } from 'node:crypto';
import { isSecretName, mayHoldSecret, mentionsSecret } from './secret-keys.js';

/** What stands in the place of a secret in a dead letter. */
const marker = '"[secret removed]"';

/**
 * A text without its secrets; the same text where there are none. In JSON the value of each key that looks like
 * a secret's is replaced by a marker, also where a key stands twice, and everything else stays as it came. What
 * is no JSON has no values that could be told for certain: where it names a secret anywhere, only its length and
 * digest are left. `bytes` is what the text was read from where that is not its UTF-8; they are counted and
 * digested. Never throws; takes time linear in the text.
 */
export function redactSecrets(text: string, bytes?: Uint8Array): string {
  if (!mayHoldSecret(text)) return text;
  if (isJson(text)) return replaceValues(text, secretValues(text));
  if (!mentionsSecret(text) || removed.test(text)) return text;
  return describeRemoved(bytes ?? new TextEncoder().encode(text));
}

/** What is left of a text that was removed; a second time it stays as it is. */
const removed = /^\[removed: \d+ bytes that are no JSON and may hold a secret, sha256 [0-9a-f]{64}\]$/;

function describeRemoved(bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return `[removed: ${bytes.length} bytes that are no JSON and may hold a secret, sha256 ${digest}]`;
}

/** Replaces the values that begin at the positions, which ascend. */
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

const tellsNothing: ReadonlySet<string> = new Set(['null', 'true', 'false']);

/** Where the values of secret keys begin in JSON. */
function* secretValues(text: string): Generator<number> {
  for (let start = text.indexOf('"'); start !== -1; ) {
    const end = endOfString(text, start);
    const colon = skipSpace(text, end);
    if (text[colon] === ':' && isSecretName(unescaped(text.slice(start + 1, end - 1)))) {
      yield skipSpace(text, colon + 1);
    }
    start = text.indexOf('"', end);
  }
}

/** The position after a value: a string, an object or array with all that is in it, or a bare word or number. */
function endOfValue(text: string, start: number): number {
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
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) return at + 1;
  }
  return text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (' \t\n\r'.includes(text[at] ?? '.')) at += 1;
  return at;
}

function unescaped(key: string): string {
  return key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
