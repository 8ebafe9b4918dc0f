import { correlationOf, defaultSourceOf, limits, nestsDeeperThan, withAliases } from '@bitten/schema';
import { readTimestamp } from '../time.js';
import type { EventMapping, FieldRule } from './mapping-rules.js';
import type { ImportRecord } from './records.js';

/** Raised when the same mapping begins to make other events: an import of before is then another import. */
export const mappingVersion = 2;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The events of one line of JSON. A line that is no JSON object is handed on as it is, so that it is kept, with
 * the reason, in the dead letters.
 */
export function mapJsonLine(record: ImportRecord, events: readonly EventMapping[]): string[] {
  const fields = parseObject(record.text);
  if (fields === undefined) return [record.text];
  // What no event can be made of would overflow the stack when it is written anew.
  if (nestsDeeperThan(record.text, limits.event_depth_max)) return [record.text];
  const texts = events.filter((event) => isWanted(fields, event)).map((event) => mapEvent(fields, event));
  // Nothing may vanish: a line no event is made of is for a person to look at.
  return texts.length === 0 ? [record.text] : texts;
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWanted(fields: Fields, { when }: EventMapping): boolean {
  return when.every((name) => isPresent(fields[name]));
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** One event as JSON text. What cannot be read stays as it was found: the dead letter then shows it. */
function mapEvent(fields: Fields, mapping: EventMapping): string {
  const { type } = mapping;
  const used = new Set(mapping.drop);
  const take = (rule: FieldRule | undefined) => takeValue(fields, rule, used);
  const found = take(mapping.timestamp);
  const timestamp = readTimestamp(found) ?? found;
  const user_id = textOf(take(mapping.user_id));
  const correlation = textOf(take(mapping.correlation_id));
  const data = new Map<string, unknown>();
  for (const [name, rule] of Object.entries(mapping.set)) {
    const value = take(rule);
    if (isPresent(value)) data.set(name, value);
  }
  if (mapping.rest) {
    for (const [name, value] of Object.entries(fields)) {
      if (!used.has(name) && !data.has(name)) data.set(name, value);
    }
  }
  const now = typeof timestamp === 'number' ? timestamp : Number.NaN;
  const canonical = withAliases(type, Object.fromEntries(data), now, user_id);
  return JSON.stringify({
    event_type: type,
    timestamp,
    source: mapping.source ?? defaultSourceOf(type, canonical) ?? 'import',
    correlation_id: correlation ?? correlationOf(type, canonical),
    user_id,
    data: canonical,
  });
}

function takeValue(fields: Fields, rule: FieldRule | undefined, used: Set<string>): unknown {
  if (rule === undefined) return undefined;
  if ('value' in rule) return rule.value;
  for (const name of rule.from) used.add(name);
  const name = rule.from.find((each) => isPresent(fields[each]));
  if (name === undefined) return undefined;
  const value = fields[name];
  return wordFor(value, rule.words) ?? value;
}

function wordFor(value: unknown, words: Fields | undefined): unknown {
  if (words === undefined || typeof value === 'object') return undefined;
  const name = String(value);
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

function textOf(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}
