import type { SqliteStore, State } from '@bitten/storage/store';
import type { History, StateDiff } from '../api/index.js';
import { type Between, eventsBetween } from './between.js';
import { diffStates } from './diff.js';
import { historyOf } from './history.js';

/** How things stood at an instant. */
export function stateAt(store: SqliteStore, { at }: { at: number }): State {
  return store.stateAt(at);
}

/** What changed from one instant to another. */
export function stateDiff(store: SqliteStore, between: Between): StateDiff {
  const { from, to } = between;
  return diffStates(store.stateAt(from), store.stateAt(to), eventsBetween(store, between));
}

export function history(store: SqliteStore, asked: { file: string; steps: number }): History {
  return historyOf(store, asked);
}

/** Places of a log, the second one behind the last; null stands for its end. */
export interface Stretch {
  /** The log they are of; null where the store has not been told. */
  logId: string | null;
  from: number;
  to: number | null;
}

/**
 * Where in the log the events of a time are, by their own: from the first of them up to the last. What was appended
 * between those two lies in it too, whenever it happened. Null where nothing happened then.
 */
export function stretchOf(store: SqliteStore, range: { from: number; to: number | null }): Stretch | null {
  const { logId } = store;
  const from = store.seqFrom(range.from);
  if (from === null || range.to === null) return from === null ? null : { logId, from, to: null };
  const [last] = store.queryEvents({ end_time: range.to, limit: 1 });
  if (last === undefined || last.timestamp < range.from) return null;
  // Clocks differ: the last by time need not be the last in the log.
  return { logId, from: Math.min(from, last.id), to: Math.max(from, last.id) + 1 };
}
