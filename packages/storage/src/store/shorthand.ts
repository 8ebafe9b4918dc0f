import { memberPlaces, placesPerMember } from './json-members.js';
import { correlationToken, keyTokens, secondsToken, symbolToken } from './shorthand-sql.js';

/** The key fragments of one publisher's way of writing one type, in order. */
export interface Shape {
  id: number;
  fragments: readonly string[];
}

/** What a row says beside `data`, so that `data` need not. */
export interface RowWords {
  correlationId: string | null;
  symbol: string | null;
  /** The whole seconds of its timestamp as text; null where they are not worth it. */
  seconds: string | null;
}

/**
 * Learns a shape from the text of `data`: what stands between one value and the next, quotes included, so that
 * `{"symbol":"EURUSD","bid":1.1}` gives `{"symbol":"` and `","bid":`. Empty for an object without members.
 */
export function learnFragments(data: string): string[] {
  const places = memberPlaces(data) ?? [];
  const fragments: string[] = [];
  let from = 0;
  for (let i = 0; i < places.length && fragments.length < keyTokens.length; i += placesPerMember) {
    const quote = data.charCodeAt(places[i + 2]!) === 0x22 ? 1 : 0;
    fragments.push(data.slice(from, places[i + 2]! + quote));
    from = places[i + 3]! - quote;
  }
  return fragments;
}

/**
 * The text with every fragment of the shape replaced by its code, and the values that the row says anyway by
 * theirs; null where the text has another shape.
 *
 * Putting the pieces back gives the same text whatever is found where: a code stands for exactly the text it
 * replaced, and valid JSON text holds none of the codes itself.
 */
export function shorten(data: string, fragments: readonly string[], words: RowWords): string | null {
  let short = '';
  let at = 0;
  for (let i = 0; i < fragments.length; i++) {
    const fragment = fragments[i]!;
    const found = data.indexOf(fragment, at);
    if (found === -1) return null;
    const token = keyTokens[i]!;
    short += found > at ? shortenValue(data, at, found, words) + token : token;
    at = found + fragment.length;
  }
  return short + shortenValue(data, at, data.length, words);
}

/** Compares in place: a slice is made only of what is kept. */
function shortenValue(data: string, from: number, to: number, words: RowWords): string {
  const { correlationId, symbol, seconds } = words;
  if (seconds !== null && data.startsWith(seconds, from)) {
    return secondsToken + data.slice(from + seconds.length, to);
  }
  if (isWhole(data, from, to, symbol)) return symbolToken;
  return isWhole(data, from, to, correlationId) ? correlationToken : data.slice(from, to);
}

function isWhole(data: string, from: number, to: number, word: string | null): boolean {
  return word !== null && word.length > 0 && word.length === to - from && data.startsWith(word, from);
}

let lastSeconds = 0;
let lastSecondsText = '0';

/**
 * The whole seconds of a time, for `RowWords`: ten digits, 2001 to 2286, else null. Remembers the last answer,
 * since events come by the thousand within one second.
 */
export function secondsText(timestamp: number): string | null {
  if (timestamp < 1e9 || timestamp >= 1e10) return null;
  const seconds = Math.trunc(timestamp);
  if (seconds !== lastSeconds) {
    lastSeconds = seconds;
    lastSecondsText = String(seconds);
  }
  return lastSecondsText;
}
