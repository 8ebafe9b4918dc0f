import type { Catalogue } from './catalogue.js';
import type { EventClass } from './define-class.js';
import type { Envelope } from './envelope.js';

/** A longer one would cost more to keep than the events it saves. */
const keyLengthMax = 1_000;

/** What an event is the newest value of, by the fields of its type's key; as text, so that 7 and "7" are the same. */
export function keyIn(fields: readonly string[], data: Readonly<Record<string, unknown>>): string | null {
  // Nearly every key is one text, and this is asked for each event the bus takes in.
  if (fields.length === 1) return textOf(data[fields[0]!]);
  const texts = fields.map((field) => textOf(data[field]));
  return texts.includes(null) ? null : bounded(JSON.stringify(texts));
}

/**
 * What an event is the newest value of: `EURUSD` for a tick; of a key of several fields, their texts as a JSON list.
 * Null where its type has no key, or the event does not tell it.
 */
export function keyOf(event: Envelope, catalogue: Catalogue): string | null {
  const key = catalogue.get(event.event_type)?.key ?? null;
  return key === null ? null : keyIn(key, event.data);
}

/**
 * Whether nobody should act on an event any more, by the rule of its type. `now` is in Unix seconds. False for a type
 * without a rule, and where the event does not tell when it expires.
 */
export function isExpired(event: Envelope, catalogue: Catalogue, now: number): boolean {
  const expires = catalogue.get(event.event_type)?.expires ?? null;
  if (expires === null) return false;
  const at = 'field' in expires ? event.data[expires.field] : event.timestamp + expires.after_s;
  return typeof at === 'number' && now >= at;
}

/** The class of a type in one line for people: `key: symbol · overload: conflate · expires: 10 s after its timestamp`. */
export function describeClass({ key, overload, expires }: EventClass): string {
  return `key: ${describeKey(key)} · overload: ${overload} · expires: ${describeExpiry(expires)}`;
}

/** The fields of `data` that name what an event is the newest value of, for people: `symbol`, or `none`. */
export function describeKey(key: EventClass['key']): string {
  return key === null ? 'none' : key.join(' + ');
}

/** When events of a type expire, for people: `never`, `at its expires_at`, `10 s after its timestamp`. */
export function describeExpiry(expires: EventClass['expires']): string {
  if (expires === null) return 'never';
  return 'field' in expires ? `at its ${expires.field}` : `${expires.after_s} s after its timestamp`;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return bounded(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function bounded(text: string): string | null {
  return text.length <= keyLengthMax ? text : null;
}
