import type { Envelope } from '@bitten/schema';
import { memberPlaces, placesPerMember } from './json-members.js';

/** The parts of an event's text that are stored as text. */
export interface EventText {
  /** The publisher's own text of `data`. */
  data: string;
  /** A JSON object of the envelope's fields that have no column, as they came; null where there is none. */
  extra: string | null;
}

const columns = new Set([
  'event_type',
  'timestamp',
  'source',
  'data',
  'correlation_id',
  'user_id',
  'session_id',
]);

/**
 * The text of `data` where it is a flat object, found by a few searches; null where finding it takes a closer
 * look. `text` must be valid JSON.
 *
 * The first brace after the opening one opens the first nested object, and what stands before it is its key:
 * so the object is a member of the envelope itself. If the first closing brace after that is the last but one
 * character, as in what our own encoder writes, then nothing is nested in the object, nothing follows it, and
 * no string can be open there, since a string would need another quote to end.
 */
export function flatDataText(text: string): string | null {
  const from = text.indexOf('{', 1);
  const keyFrom = text.charCodeAt(from - 1) === 0x20 ? from - 8 : from - 7;
  if (keyFrom < 1 || !text.startsWith('"data":', keyFrom) || text.charCodeAt(keyFrom - 1) === 0x5c)
    return null;
  const to = text.indexOf('}', from);
  const isLast = to === text.length - 2 && text.charCodeAt(to + 1) === 0x7d;
  return isLast || isPlain(text, from, to) ? text.slice(from, to + 1) : null;
}

/**
 * Whether the brace at `to` closes the object at `from` and no later member can be `data` again: where members
 * follow, as Python writes them. Without a backslash every quote opens or closes a string.
 */
function isPlain(text: string, from: number, to: number): boolean {
  const nested = text.indexOf('{', from + 1);
  if (nested !== -1 && nested < to) return false;
  if (text.indexOf('\\', from) !== -1 || text.indexOf('"data"', to) !== -1) return false;
  let quotes = 0;
  for (let at = text.indexOf('"', from); at !== -1 && at < to; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 0;
}

/** Cuts any event's text into its parts, whatever its order, spaces and doubled keys (the last one counts). */
export function cutEventText(text: string, event: Envelope): EventText {
  const places = memberPlaces(text) ?? [];
  let data: string | null = null;
  const extras: string[] = [];
  for (let i = 0; i < places.length; i += placesPerMember) {
    const keyText = text.slice(places[i]!, places[i + 1]!);
    const key = keyText.includes('\\') ? String(JSON.parse(keyText)) : keyText.slice(1, -1);
    const value = text.slice(places[i + 2]!, places[i + 3]!);
    if (key === 'data') data = value;
    else if (!columns.has(key)) extras.push(`${keyText}:${value}`);
  }
  return {
    data: data ?? JSON.stringify(event.data) ?? 'null',
    extra: extras.length === 0 ? null : `{${extras.join(',')}}`,
  };
}

/** How many fields an event has, whatever they are. */
export function countFields(event: Envelope): number {
  let fields = 0;
  for (const _ in event) fields++;
  return fields;
}
