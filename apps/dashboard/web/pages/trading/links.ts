import { hrefOf, route } from '../../shell/router.js';
import { readRange, writeRange } from '../../ui/range.js';

/** The events behind a figure: the search of Events over the time that is shown. */
export function eventsHref(filter: Readonly<Record<string, string>>): string {
  return hrefOf('events', {
    query: { mode: 'search', ...filter, ...writeRange(readRange(route.value.query)) },
  });
}
