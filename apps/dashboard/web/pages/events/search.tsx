import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ApiError, EventRow, EventsPage } from '../../../src/api/index.js';
import { ask, factsOf, searchOf } from '../../shell/api.js';
import { route, setQuery } from '../../shell/router.js';
import { ErrorBox } from '../../ui/error-box.js';
import { counted } from '../../ui/format.js';
import { boundsOf, readRange, writeRange } from '../../ui/range.js';
import { RangePicker } from '../../ui/range-picker.js';
import { Time } from '../../ui/time.js';
import { EventTable } from './event-table.js';
import type { Filter } from './filter.js';

const page_size = 100;
/** As many as a page holds; who needs more exports them. */
const rows_max = 2_000;

interface Found {
  events: readonly EventRow[];
  next: string | null;
  searchedTo: number | null;
  isLoading: boolean;
  error: ApiError['error'] | null;
}

const nothing: Found = { events: [], next: null, searchedTo: null, isLoading: true, error: null };

/** What has happened, page by page back in time. */
export function Search({ filter }: { filter: Filter }) {
  const range = readRange(route.value.query);
  const query = { ...filter, ...boundsOf(range, Date.now() / 1000) };
  const found = useSignal<Found>(nothing);
  const asking = useRef<AbortController | null>(null);
  const load = async (before: string | null) => {
    // An older page of what was asked before must not be put beneath what is asked now.
    asking.current?.abort();
    const current = new AbortController();
    asking.current = current;
    const { signal } = current;
    const known = before === null ? [] : found.peek().events;
    found.value = { ...found.peek(), events: known, isLoading: true, error: null };
    try {
      const asked = { ...query, before: before ?? undefined, limit: page_size };
      const page = await ask<EventsPage>('events', asked, signal);
      if (signal.aborted) return;
      const events = [...known, ...page.events].slice(0, rows_max);
      found.value = { events, next: page.next, searchedTo: page.searched_to, isLoading: false, error: null };
    } catch (error) {
      if (!signal.aborted) found.value = { ...found.peek(), isLoading: false, error: factsOf(error) };
    }
  };
  const name = JSON.stringify([filter, range]);
  useEffect(() => {
    void load(null);
    return () => asking.current?.abort();
    // The name stands for what is asked; the end of a time that moves is another one each second.
  }, [name]);
  const { events, next, searchedTo, isLoading, error } = found.value;
  return (
    <>
      <RangePicker
        range={range}
        onChange={(changed) =>
          setQuery({ span: undefined, from: undefined, to: undefined, ...writeRange(changed) })
        }
      />
      <ErrorBox error={error} />
      <p class="row">
        <span class="quiet" role="status">
          {isLoading ? 'Searching …' : `${counted(events.length, 'event')}${next === null ? '' : ' so far'}`}
        </span>
        {(['ndjson', 'csv'] as const).map((format) => (
          <a
            key={format}
            class="button"
            href={`/api/events/export${searchOf({ ...query, format })}`}
            download
          >
            Export {format.toUpperCase()}
          </a>
        ))}
      </p>
      <EventTable
        caption="Events found, the newest first"
        events={events}
        empty={isLoading ? 'Searching …' : 'Nothing was found.'}
      />
      {next !== null && !isLoading && (
        <p class="row">
          {events.length >= rows_max ? (
            <span class="quiet">More than {counted(rows_max, 'event')}: narrow the search, or export.</span>
          ) : (
            <button type="button" onClick={() => void load(next)}>
              {searchedTo === null ? 'Show older ones' : 'Search further back'}
            </button>
          )}
          {searchedTo !== null && (
            <span class="quiet">
              Looked through back to <Time at={searchedTo} />
            </span>
          )}
        </p>
      )}
    </>
  );
}
