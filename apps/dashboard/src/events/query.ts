import type { EventPlace, EventSearch } from '@bitten/storage/store';
import type { EventsQuery } from '../api/index.js';
import { badRequest } from '../http/errors.js';
import { timeOf, wholeOf } from '../http/params.js';
import { filterOf } from '../live/filter.js';

const limit = { default: 100, max: 500 };
const length_max = { text: 500, correlation: 200 };

/** What a query asks of the store. Throws `HttpError` 400. */
export function searchOf(query: EventsQuery): EventSearch {
  const [from, to] = [timeOf('from', query.from), timeOf('to', query.to)];
  if (from !== undefined && to !== undefined && from > to) {
    throw badRequest('from', { found: 'a time after `to`', expected: 'a time before it' });
  }
  return {
    ...filterOf(query),
    ...given('correlation', textOf('correlation', query.correlation)),
    ...given('text', textOf('text', query.text)),
    ...given('from', from),
    ...given('to', to),
    ...given('before', placeOf(query.before)),
    limit: wholeOf('limit', query.limit, { min: 1, max: limit.max }) ?? limit.default,
  };
}

/** Where the next page begins, as text. */
export function showPlace({ timestamp, seq }: EventPlace): string {
  return `${timestamp},${seq}`;
}

function placeOf(text: string | undefined): EventPlace | undefined {
  if (text === undefined || text === '') return undefined;
  const [timestamp, seq, ...more] = text.split(',').map((each) => (each === '' ? Number.NaN : Number(each)));
  if (more.length === 0 && Number.isFinite(timestamp) && Number.isSafeInteger(seq)) {
    return { timestamp: timestamp!, seq: seq! };
  }
  throw badRequest('before', {
    found: JSON.stringify(text.slice(0, 100)),
    expected: '`next` of the page before',
  });
}

function textOf(name: 'text' | 'correlation', text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length <= length_max[name]) return text;
  throw badRequest(name, { found: `${text.length} characters`, expected: `at most ${length_max[name]}` });
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: Value });
}
