import type { Catalogue } from './catalogue.js';
import { carryIssues } from './check/carry.js';
import { shorten } from './check/found.js';
import { ruleIssues } from './check/issues.js';
import { nestsDeeperThan } from './check/nesting.js';
import { isObject } from './check/object.js';
import { redactSecrets } from './check/redact.js';
import { holdsSecret, secretFound, secretIssues } from './check/secrets.js';
import { sizeIssue } from './check/size.js';
import { type Envelope, isEnvelope, surrogateIssues } from './envelope.js';
import { BittenError, type Issue } from './errors.js';
import { issues_max, limits } from './limits.js';

/** An event, or why a text is none. */
export type Decoded =
  | { ok: true; event: Envelope }
  | {
      ok: false;
      issues: Issue[];
      /** What can be told of the event all the same, cut to its limit; null where it cannot. */
      event_type: string | null;
      source: string | null;
    };

/**
 * Reads one event: size, JSON, depth, envelope, the rules of its type. Never throws, whatever the text.
 * The event holds what `JSON.parse` made of the text and nothing else: no default, no copy, no field removed.
 */
export function decodeEvent(text: string, catalogue: Catalogue): Decoded {
  const tooLarge = sizeIssue(text);
  if (tooLarge !== undefined) return { ok: false, issues: [tooLarge], event_type: null, source: null };
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (cause) {
    return { ok: false, issues: jsonIssues(text, cause), event_type: null, source: null };
  }
  if (nestsDeeperThan(text, limits.event_depth_max)) return refuse(event, [depthIssue()]);
  const secret = isObject(event) && holdsSecret(event, text);
  if (!secret && isEnvelope(event) && acceptsData(event, catalogue)) {
    // Half of a surrogate pair can only have come as an escape.
    const halves = text.includes('\\u') ? surrogateIssues(event) : [];
    return halves.length === 0 ? { ok: true, event } : refuse(event, halves);
  }
  // Of an event with a secret nothing else is told: what is found elsewhere might show it.
  return refuse(event, secret ? secretIssues(event as object) : ruleIssues(event, catalogue));
}

/**
 * Everything wrong with a value as an event, at most 20 issues; empty for a valid one. Beside the rules of its
 * type it holds the value to what JSON can carry unharmed, everywhere in it: see `encodeEvent`.
 */
export function checkEvent(value: unknown, catalogue: Catalogue): Issue[] {
  const uncarried = carryIssues(value);
  if (uncarried[0]?.code === 'secret') return uncarried;
  if (isEnvelope(value) && acceptsData(value, catalogue)) {
    const halves = surrogateIssues(value);
    return halves.length === 0 ? uncarried : [...halves, ...uncarried].slice(0, issues_max);
  }
  const issues = ruleIssues(value, catalogue);
  if (uncarried.length === 0) return issues;
  // A field may break a rule of its type because JSON cannot carry it: once is enough.
  const told = new Set(issues.map((issue) => issue.path));
  return [...issues, ...uncarried.filter((issue) => !told.has(issue.path))].slice(0, issues_max);
}

function acceptsData(event: Envelope, catalogue: Catalogue): boolean {
  const definition = catalogue.get(event.event_type);
  return definition === undefined || definition.accepts(event.data);
}

/** The compiled check only ever refuses; valibot has the last word, and where it finds nothing the event is valid. */
function refuse(event: unknown, issues: Issue[]): Decoded {
  if (issues.length === 0) return { ok: true, event: event as Envelope };
  const { event_type, source } = isObject(event) ? event : {};
  return {
    ok: false,
    issues,
    event_type: typeof event_type === 'string' ? event_type.slice(0, limits.event_type_length_max) : null,
    source: typeof source === 'string' ? source.slice(0, limits.source_length_max) : null,
  };
}

/** Why a text is no JSON. The parser's own words quote a piece of it, which must not be a piece of a secret. */
function jsonIssues(text: string, cause: unknown): Issue[] {
  const issue = { path: '', code: 'json', expected: 'one JSON object' } as const;
  if (redactSecrets(text) !== text) {
    return [
      { path: '', ...secretFound },
      { ...issue, found: 'text that is no JSON and may hold a secret (not shown)' },
    ];
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return [{ ...issue, found: text === '' ? 'nothing' : shorten(why) }];
}

function depthIssue(): Issue {
  const expected = `at most ${limits.event_depth_max} levels`;
  return { path: '', code: 'depth', found: 'objects or arrays nested deeper', expected };
}

/**
 * The JSON text of an event: named envelope fields first, unknown ones after them, `data` last; absent
 * (`null` or `undefined`) optional ones left out. Validate with `checkEvent` before: `JSON.stringify` turns
 * NaN and Infinity into null without a word. Whether the text is too large to travel, `sizeIssue` tells.
 *
 * Throws `UnencodableEventError` for what JSON cannot carry: a circle, a BigInt, a `toJSON` that throws.
 */
export function encodeEvent(event: Envelope): string {
  try {
    return stringify(event);
  } catch (cause) {
    throw new UnencodableEventError(cause);
  }
}

const named = new Set([
  'event_type',
  'timestamp',
  'source',
  'correlation_id',
  'user_id',
  'session_id',
  'data',
]);

function stringify(event: Envelope): string {
  for (const key in event) if (!named.has(key)) return stringifyWithUnknown(event);
  return JSON.stringify({
    event_type: event.event_type,
    timestamp: event.timestamp,
    source: event.source,
    correlation_id: event.correlation_id ?? undefined,
    user_id: event.user_id ?? undefined,
    session_id: event.session_id ?? undefined,
    data: event.data,
  });
}

/** Member by member, because assigning an unknown field called `__proto__` to an object would lose it. */
function stringifyWithUnknown(event: Envelope): string {
  const fields = new Map<string, unknown>();
  for (const key of named) fields.set(key, event[key as keyof Envelope] ?? undefined);
  fields.delete('data');
  for (const [key, value] of Object.entries(event)) if (!named.has(key)) fields.set(key, value);
  fields.set('data', event.data);
  const members: string[] = [];
  for (const [key, value] of fields) {
    const json: string | undefined = JSON.stringify(value);
    if (json !== undefined) members.push(`${JSON.stringify(key)}:${json}`);
  }
  return `{${members.join(',')}}`;
}

/** An event holds something that JSON has no form for. */
export class UnencodableEventError extends BittenError {
  constructor(cause: unknown) {
    super('unencodable_event', 'the event cannot be written as JSON', {
      found: shorten(cause instanceof Error ? cause.message : String(cause)),
      expected: 'strings, finite numbers, booleans, null, arrays and plain objects, without circles',
      remedy: 'convert what is named before publishing: a BigInt to a string, an object to its id',
      cause,
    });
  }
}
