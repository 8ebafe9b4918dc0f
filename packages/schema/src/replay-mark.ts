import { showFound } from './check/found.js';
import type { Issue } from './errors.js';

/** What a replayed event carries beside its `seq`, and no other event may. */
export interface ReplayMark {
  /** The name of the replay. */
  id: string;
  /** When it was replayed, Unix seconds; when it happened is its `timestamp`. */
  at: number;
}

/**
 * Whether a value carries the mark. Whatever stands in its place counts: who passes on a replayed event must not get
 * it published by damaging the mark. Null counts as absent, as everywhere.
 */
export function isReplayed(value: unknown): boolean {
  const mark = (value as { replay?: unknown } | null | undefined)?.replay;
  return mark !== undefined && mark !== null;
}

/** Why an event with the mark is not published: a component that passes on what it was replayed would trade. */
export function replayIssue(value: { replay?: unknown }): Issue {
  return {
    path: 'replay',
    code: 'reserved',
    found: showFound(value.replay),
    expected: 'nothing: the bus marks replayed events with it, and what was replayed is not published again',
  };
}
