import assert from 'node:assert/strict';
import { ForeignLogError, StoreHoleError } from './errors.js';
import type { Span } from './types.js';

/** What a query returns without a limit. */
const limit_default = 100;

/**
 * The part of a span that has not been applied yet; null where all of it has. Throws `StoreHoleError`.
 *
 * Asserts what no reader of a log can get wrong by bad luck: a bound log, items in order and within the span.
 */
export function remainder<Item extends { seq: number }>(
  span: Span<Item>,
  { log, cursor, logId }: { log: string; cursor: number; logId: string | null },
): readonly Item[] | null {
  assert.ok(logId !== null, 'bind(logId) comes before the first span');
  if (span.from > cursor) throw new StoreHoleError(log, cursor, span.from);
  let last = span.from - 1;
  let applied = 0;
  for (const { seq } of span.items) {
    assert.ok(seq > last && seq < span.next, `seq ${seq} is out of order in a span from ${span.from}`);
    if (seq < cursor) applied++;
    last = seq;
  }
  if (span.next <= cursor) return null;
  return applied === 0 ? span.items : span.items.slice(applied);
}

/**
 * Whether the store is to take on this log's id: it has none yet, or has applied nothing.
 * Throws `ForeignLogError`.
 */
export function mayBind(logId: string, bound: string | null, isEmpty: boolean): boolean {
  if (bound === logId) return false;
  if (bound !== null && !isEmpty) throw new ForeignLogError(logId, bound);
  return true;
}

/** The limit of a query. */
export function limitOf(limit: number | undefined): number {
  const rows = limit ?? limit_default;
  if (!Number.isSafeInteger(rows) || rows < 0)
    throw new RangeError(`limit must be 0 or a whole number above, found ${rows}`);
  return rows;
}
