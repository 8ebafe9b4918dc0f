import type { Envelope } from '@bitten/schema';
import type { NumberedEvent } from '../load/numbered.js';
import type { EventRow } from '../system/store.js';
import type { Logged } from './read-log.js';

/** A row of `events`, with what only the tables behind it hold. */
export interface StoredRow extends EventRow {
  extra_json: string | null;
  symbol: string | null;
}

/** All there is of every event, in the order of `seq`. */
export const sqlOfRows = `SELECT e.*,
    (SELECT r.extra_json FROM event_rows r WHERE r.seq = e.id) AS extra_json,
    (SELECT s.name FROM event_rows r JOIN symbols s ON s.symbol_id = r.symbol_id WHERE r.seq = e.id) AS symbol
  FROM events e ORDER BY e.id`;

type Fields = Readonly<Record<string, unknown>>;

const columns = ['event_type', 'timestamp', 'source', 'correlation_id', 'user_id', 'session_id'] as const;
const inColumns: ReadonlySet<string> = new Set([...columns, 'data']);
const symbolLength_max = 64;

/** The columns of a row that are not what docs/STORAGE.md says of the event logged at its place. */
export function differencesFromLog(row: StoredRow, logged: Logged, event: Fields): string[] {
  const wrong: string[] = columns.filter((name) => row[name] !== (event[name] ?? null));
  // The publisher's own text of `data`: its bytes are in the log, and they are those of `data` and no other field.
  const data = textOf(event.data);
  const isSame = row.data_json === data || textOf(parse(row.data_json)) === data;
  if (!isSame || !logged.text.includes(row.data_json)) wrong.push('data_json');
  if (extraOf(row) !== extrasOf(event)) wrong.push('extra_json');
  if (row.symbol !== symbolOf(event.data)) wrong.push('symbol');
  if (row.created_at !== logged.appended_at) wrong.push('created_at');
  return wrong;
}

/**
 * The fields of an event that are not what the publisher gave. Only `correlation_id` may come from elsewhere: the
 * bridge finds one for events that bring none.
 */
export function differencesFromPublished(event: Fields, published: NumberedEvent): string[] {
  const given = published as unknown as Fields;
  const wrong = Object.keys(given).filter((name) => !isEqual(event[name], given[name]));
  for (const name in event) {
    if (!(name in given) && name !== 'correlation_id' && event[name] !== null) wrong.push(name);
  }
  return wrong;
}

/** The event a row tells of, for places that the log no longer has. */
export function eventOfRow(row: StoredRow): Fields {
  const { event_type, timestamp, source, correlation_id, user_id, session_id } = row;
  const envelope = { event_type, timestamp, source, correlation_id, user_id, session_id };
  const extra = row.extra_json === null ? {} : fieldsOf(row.extra_json);
  return { ...extra, ...envelope, data: parse(row.data_json) } satisfies Partial<Envelope<unknown>>;
}

/** The fields of an object in JSON; none where it is no object. */
export function fieldsOf(text: string): Fields {
  const value = parse(text);
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function extraOf({ extra_json }: StoredRow): string | undefined {
  return extra_json === null ? undefined : textOf(parse(extra_json) ?? extra_json);
}

function extrasOf(event: Fields): string | undefined {
  const extras = Object.entries(event).filter(([name]) => !inColumns.has(name));
  return extras.length === 0 ? undefined : textOf(Object.fromEntries(extras));
}

function symbolOf(data: unknown): string | null {
  const { symbol } = (data ?? {}) as { symbol?: unknown };
  const isAskable = typeof symbol === 'string' && symbol.length > 0 && symbol.length <= symbolLength_max;
  return isAskable ? symbol : null;
}

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value);
}
