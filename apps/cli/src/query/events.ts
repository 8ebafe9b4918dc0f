import type { EventQuery, StoredEvent } from '@bitten/storage/store';

/** What of the store can be asked for with several values each. */
export interface EventSelection {
  types: readonly string[] | undefined;
  symbols: readonly string[] | undefined;
  users: readonly string[] | undefined;
  sources: readonly string[] | undefined;
  correlation: string | undefined;
  /** Unix seconds, inclusive. */
  since: number | undefined;
  until: number | undefined;
  limit: number;
}

/** The newest events of a selection, newest first. The store answers one value of each kind at a time. */
export function selectEvents(
  selection: EventSelection,
  query: (query: EventQuery) => StoredEvent[],
): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (const event_type of selection.types ?? [undefined]) {
    for (const symbol of selection.symbols ?? [undefined]) {
      for (const user_id of selection.users ?? [undefined]) {
        for (const source of selection.sources ?? [undefined]) {
          events.push(...query(withoutAbsent({ ...common(selection), event_type, symbol, user_id, source })));
        }
      }
    }
  }
  return events.sort((a, b) => b.timestamp - a.timestamp || b.id - a.id).slice(0, selection.limit);
}

function common({ correlation, since, until, limit }: EventSelection) {
  return { correlation_id: correlation, start_time: since, end_time: until, limit };
}

function withoutAbsent(query: { [Name in keyof EventQuery]: EventQuery[Name] | undefined }): EventQuery {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
