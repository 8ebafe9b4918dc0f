import { signal } from '@preact/signals';
import { takeToken } from './token.js';

/** Where the page is: `#/events?types=market_data` is the page `events` with one parameter. */
export interface Route {
  page: string;
  /** What follows the page: the 17 of `#/events/17`; empty where nothing does. */
  rest: string;
  query: Readonly<Record<string, string>>;
}

export const route = signal<Route>(readRoute(''));

/** Follows the address from now on. One with a token is taken as that, and is not a page. */
export function startRouter(): void {
  const follow = () => {
    takeToken();
    route.value = readRoute(location.hash);
  };
  addEventListener('hashchange', follow);
  follow();
}

/** Reads a route from the address; what is not understood is the first page. */
function readRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', ...rest] = path.split('/');
  const query = Object.fromEntries(new URLSearchParams(search));
  return { page: page === '' ? 'now' : page, rest: decoded(rest.join('/')), query };
}

/** The address of a page; parameters that are empty or undefined are left out. */
export function hrefOf(
  page: string,
  { rest = '', query = {} }: { rest?: string; query?: Record<string, string | number | undefined> } = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  const path = rest === '' ? page : `${page}/${encodeURIComponent(rest)}`;
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

export function go(page: string, options: Parameters<typeof hrefOf>[1] = {}): void {
  location.hash = hrefOf(page, options);
}

/** Changes parameters of the page that is shown; the way back is not filled with every letter typed. */
export function setQuery(changes: Record<string, string | number | undefined>): void {
  const { page, rest, query } = route.value;
  history.replaceState(null, '', hrefOf(page, { rest, query: { ...query, ...changes } }));
  route.value = readRoute(location.hash);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
