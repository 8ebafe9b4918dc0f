import type { EventPlace, EventSearch, SqliteStore, StoredEvent } from '@bitten/storage/store';
import type { EventRow } from '../api/index.js';
import { type ExportFormat, writerOf } from './export-text.js';
import { listedRowOf } from './rows.js';

/** Where nobody says how many. */
const page_events = 100;
/** So many are read at once: each may have 1 MiB, and a page of the largest would fill the memory. */
const slice_events = 20;
/** A page that takes longer ends where it is; the next one goes on there. */
const page_ms_max = 1_000;
/** As much text as an export takes in one step. */
const text_length_max = 4 * 1024 * 1024;

/** Newest first. */
export interface ListedPage {
  events: EventRow[];
  next: EventPlace | null;
  searched_to: number | null;
}

/** What a search finds, as lists show it: what is left out there never leaves this thread. */
export function listEvents(store: SqliteStore, search: EventSearch): ListedPage {
  const events: EventRow[] = [];
  const end = eachSlice(store, search, (found) => {
    events.push(...found.map(listedRowOf));
    return true;
  });
  return { events, ...end };
}

/** The same as the text of a file; `next` is null where it ends. */
export function exportPage(
  store: SqliteStore,
  { search, format }: { search: EventSearch; format: ExportFormat },
): { text: string; next: EventPlace | null } {
  const write = writerOf(format);
  let text = '';
  const { next } = eachSlice(store, search, (found) => {
    text += write(found);
    return text.length < text_length_max;
  });
  return { text, next };
}

/** Hands a page over slice by slice; it ends sooner where `take` says that it has enough, or the time is up. */
function eachSlice(
  store: SqliteStore,
  { limit = page_events, ...search }: EventSearch,
  take: (found: readonly StoredEvent[]) => boolean,
): Pick<ListedPage, 'next' | 'searched_to'> {
  const begun_ms = performance.now();
  let before = search.before;
  for (let left = limit; ; ) {
    const from = before === undefined ? {} : { before };
    const found = store.searchEvents({ ...search, ...from, limit: Math.min(left, slice_events) });
    const { events, next, searched_to } = found;
    left -= events.length;
    const goesOn = take(events);
    if (next === null || searched_to !== null || left === 0 || !goesOn) return { next, searched_to };
    if (performance.now() - begun_ms > page_ms_max) return { next, searched_to: next.timestamp };
    before = next;
  }
}

export function event(store: SqliteStore, { seq }: { seq: number }): StoredEvent | null {
  return store.event(seq);
}

/** The names by which an event belongs to others, and itself, for a list. */
export interface ChainAsked {
  /** Correlation, fire and signal; what is no name is left out. */
  ids: readonly unknown[];
  of: EventRow;
  limit: number;
}

/** What belongs to an event: what has its correlation, or is about its signal or fire; the oldest first. */
export function chainOf(store: SqliteStore, { ids, of, limit }: ChainAsked): EventRow[] {
  const named = new Set(ids.filter((id) => typeof id === 'string' && id !== ''));
  const found = new Map([[of.seq, of]]);
  for (const id of named) {
    for (const each of store.eventsAbout(id as string, limit)) found.set(each.id, listedRowOf(each));
  }
  return [...found.values()].sort((a, b) => a.timestamp - b.timestamp || a.seq - b.seq).slice(0, limit);
}
