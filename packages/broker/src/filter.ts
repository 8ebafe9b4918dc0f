import type { Envelope } from '@bitten/schema';

/** What a reader asks for; an event passes when it is in every list given. */
export interface Filter {
  types?: readonly string[];
  symbols?: readonly string[];
  users?: readonly string[];
  sources?: readonly string[];
}

/** The part of an event that filters look at; a dead letter has less of it. */
export type Facets = Partial<Pick<Envelope, 'event_type' | 'source' | 'user_id' | 'data'>>;

/** A test for one filter; null where everything passes, so that callers can skip parsing altogether. */
export function compileFilter(filter: Filter | undefined): ((event: Facets) => boolean) | null {
  if (filter === undefined) return null;
  const { types, symbols, users, sources } = filter;
  const tests: Array<(event: Facets) => boolean> = [];
  if (types !== undefined) tests.push(among(types, (event) => event.event_type));
  if (sources !== undefined) tests.push(among(sources, (event) => event.source));
  if (symbols !== undefined) tests.push(among(symbols, (event) => event.data?.symbol));
  if (users !== undefined) tests.push(among(users, (event) => event.user_id ?? event.data?.user_id));
  return tests.length === 0 ? null : (event) => tests.every((test) => test(event));
}

function among(list: readonly string[], read: (event: Facets) => unknown): (event: Facets) => boolean {
  const wanted = new Set<unknown>(list);
  return (event) => wanted.has(read(event));
}
