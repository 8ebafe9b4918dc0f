/** What one can search by. All values are as they stand in the address; several of one are separated by commas. */
export const filterFields = [
  { name: 'types', label: 'Type', hint: 'market_data, fire_command', isLive: true },
  { name: 'symbols', label: 'Symbol', hint: 'EURUSD', isLive: true },
  { name: 'users', label: 'User', hint: 'user-7', isLive: true },
  { name: 'sources', label: 'Source', hint: 'mt5_adapter', isLive: true },
  { name: 'correlation', label: 'Correlation', hint: 'a signal or fire', isLive: false },
  { name: 'text', label: 'Text in the data', hint: 'any words', isLive: false },
] as const;

type FieldName = (typeof filterFields)[number]['name'];
export type Filter = Partial<Record<FieldName, string>>;

/** The filter in the address. */
export function filterIn(query: Readonly<Record<string, string>>): Filter {
  const given = filterFields.flatMap(({ name }) => {
    const value = query[name]?.trim();
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as Filter;
}

/** The part of it that the tail can be filtered by: what is known of an event before its data is looked through. */
export function liveFilter(filter: Filter): Filter {
  const live = filterFields.filter(({ isLive }) => isLive).map(({ name }) => name);
  return Object.fromEntries(Object.entries(filter).filter(([name]) => live.includes(name as FieldName)));
}
