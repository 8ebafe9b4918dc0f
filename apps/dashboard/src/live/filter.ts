import type { Envelope } from '@bitten/schema';
import type { EventFilter } from '@bitten/transport';
import type { EventsQuery } from '../api/index.js';
import { badRequest } from '../http/errors.js';

const values_max = 50;
const value_length_max = 200;

/** The values of one parameter, separated by commas; undefined where it is absent or empty. Throws `HttpError`. */
export function listOf(name: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const values = [...new Set(text.split(',').map((each) => each.trim()))].filter((each) => each !== '');
  if (values.length === 0) return undefined;
  if (values.length > values_max) {
    throw badRequest(name, { found: `${values.length} values`, expected: `at most ${values_max}` });
  }
  const long = values.find((value) => value.length > value_length_max);
  if (long !== undefined) {
    throw badRequest(name, { found: `${long.length} characters`, expected: `at most ${value_length_max}` });
  }
  return values;
}

/** What of a query the log can be filtered by. Throws `HttpError`. */
export function filterOf(query: Pick<EventsQuery, 'types' | 'symbols' | 'users' | 'sources'>): EventFilter {
  const filter: EventFilter = {};
  for (const name of ['types', 'symbols', 'users', 'sources'] as const) {
    const values = listOf(name, query[name]);
    if (values !== undefined) filter[name] = values;
  }
  return filter;
}

/** A test for a filter, by the rules of the bus (docs/PROTOCOL.md); null where everything passes. */
export function testOf({
  types,
  symbols,
  users,
  sources,
}: EventFilter): ((event: Envelope) => boolean) | null {
  const tests: Array<(event: Envelope) => boolean> = [];
  const among = (list: readonly string[] | undefined, read: (event: Envelope) => unknown) => {
    if (list === undefined) return;
    const wanted = new Set<unknown>(list);
    tests.push((event) => wanted.has(read(event)));
  };
  among(types, (event) => event.event_type);
  among(sources, (event) => event.source);
  among(symbols, (event) => event.data.symbol);
  among(users, (event) => event.user_id ?? event.data.user_id);
  return tests.length === 0 ? null : (event) => tests.every((test) => test(event));
}
