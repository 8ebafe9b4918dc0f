import { UsageError } from '@bitten/runtime';
import { shorten, showFound } from '@bitten/schema';

/** Where a field's value comes from: the first of some fields that is there, in other words if need be; or a constant. */
export type FieldRule =
  | { from: readonly string[]; words?: Readonly<Record<string, unknown>> }
  | { value: unknown };

/** How one event is made from a line. */
export interface EventMapping {
  type: string;
  /** Only for lines that have all these fields. */
  when: readonly string[];
  source: string | undefined;
  timestamp: FieldRule;
  user_id: FieldRule | undefined;
  correlation_id: FieldRule | undefined;
  /** Fields of `data`. */
  set: Readonly<Record<string, FieldRule>>;
  /** Whether fields of the line that no rule names are kept in `data` under their own names. */
  rest: boolean;
  /** Fields of the line that are not kept. */
  drop: readonly string[];
}

/** Where components write the time of an event, where nothing else is said. */
const timestampFields = ['timestamp', 'time', 'ts', 'created_at', 'datetime', 'date'];

const eventKeys = ['type', 'when', 'source', 'timestamp', 'user_id', 'correlation_id', 'set', 'rest', 'drop'];

/**
 * Checks a mapping as it stands in a file: one event, or several under `events`. Throws `UsageError`, which names
 * the place.
 */
export function readMapping(content: unknown, where: string): EventMapping[] {
  const root = asObject(content, where);
  if (root.events === undefined) return [readEvent(root, where)];
  if (!Array.isArray(root.events) || root.events.length === 0) {
    throw wrong(`${where}: events`, 'a list of events', root.events);
  }
  for (const key of Object.keys(root)) {
    if (key !== 'events') throw wrong(where, 'only events at the top', key);
  }
  return root.events.map((event, at) => readEvent(event, `${where}: events[${at}]`));
}

function readEvent(value: unknown, where: string): EventMapping {
  const event = asObject(value, where);
  for (const key of Object.keys(event)) {
    if (!eventKeys.includes(key)) throw wrong(where, `one of ${eventKeys.join(', ')}`, key);
  }
  const optionalRule = (key: string) =>
    event[key] === undefined ? undefined : readRule(event[key], `${where}: ${key}`);
  const set = event.set === undefined ? {} : asObject(event.set, `${where}: set`);
  return {
    type: readText(event.type, `${where}: type`),
    when: readNames(event.when, `${where}: when`),
    source: event.source === undefined ? undefined : readText(event.source, `${where}: source`),
    timestamp: optionalRule('timestamp') ?? { from: timestampFields },
    user_id: optionalRule('user_id'),
    correlation_id: optionalRule('correlation_id'),
    set: Object.fromEntries(
      Object.entries(set).map(([name, rule]) => [name, readRule(rule, `${where}: set.${shorten(name)}`)]),
    ),
    rest: event.rest === undefined ? true : readFlag(event.rest, `${where}: rest`),
    drop: readNames(event.drop, `${where}: drop`),
  };
}

/** `field`, `[field, other]`, `{from: …, words: {…}}` or `{value: …}`. */
function readRule(value: unknown, where: string): FieldRule {
  if (typeof value === 'string' || Array.isArray(value)) return { from: readNames(value, where) };
  const rule = asObject(value, where);
  if ('value' in rule) return { value: rule.value };
  const from = readNames(rule.from, `${where}.from`);
  if (from.length === 0) throw wrong(where, 'a field name, {from: …} or {value: …}', value);
  return rule.words === undefined ? { from } : { from, words: asObject(rule.words, `${where}.words`) };
}

function readNames(value: unknown, where: string): string[] {
  if (value === undefined) return [];
  const names = Array.isArray(value) ? value : [value];
  return names.map((name) => readText(name, where));
}

function readText(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(where, 'a name', value);
}

function readFlag(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(where, 'true or false', value);
}

function asObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrong(where, 'a mapping', value);
}

function wrong(where: string, expected: string, found: unknown): UsageError {
  return new UsageError(
    `${where}: expected ${expected}, found ${found === undefined ? 'nothing' : showFound(found)}`,
    'docs/CLI.md, "Mapping files", shows one',
  );
}
