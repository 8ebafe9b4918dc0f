import type { EventSearch } from '@bitten/storage/store';
import type { QueryPool } from '../queries/pool.js';
import { type ExportFormat, headOf } from './export-text.js';

const page_events = 500;

export interface ExportOptions {
  format: ExportFormat;
  queries: Pick<QueryPool, 'ask'>;
}

/**
 * Everything a search finds, newest first, as text. One page of it is in memory at a time, 500 events or about 4 MiB, and
 * the next one is looked for when the browser has taken the one before: a selection of millions costs as much room as
 * one of a thousand.
 *
 * **Failure.** What is stored while it runs is newer than its first row, and does not come. Where the store cannot be
 * asked any more the connection is broken off, so that what came is not taken for the whole.
 */
export function exportEvents(
  search: EventSearch,
  { format, queries }: ExportOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let before = search.before;
  let head = headOf(format);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const page = { ...search, limit: page_events, ...(before === undefined ? {} : { before }) };
        const { text, next } = await queries.ask('exportPage', { search: page, format });
        controller.enqueue(encoder.encode(head + text));
        head = '';
        if (next === null) controller.close();
        else before = next;
      },
    },
    // One page ahead at most.
    { highWaterMark: 1 },
  );
}
