import type { DeadLetterQuery, LifecycleQuery, SqliteStore } from '@bitten/storage/store';
import { analytics, equity } from '../analytics/queries.js';
import { chainOf, event, exportPage, listEvents } from '../events/queries.js';
import { lifeWhole, livesPage } from '../lifecycle/queries.js';
import { history, stateAt, stateDiff, stretchOf } from '../state/queries.js';
import { heartbeatsIn } from './heartbeats.js';

/** Everything that is asked of the store, by name. Each runs in a worker, so what goes in and comes out is plain data. */
export const queries = {
  summary: (store: SqliteStore) => store.summary(),
  // On a connection of its own: what it asks is not among what a store answers.
  heartbeats: (_: SqliteStore, { file }: { file: string }) => heartbeatsIn(file),
  listEvents,
  exportPage,
  event,
  chainOf,
  lifecycle: (store: SqliteStore, query: LifecycleQuery) => store.lifecycle(query),
  patternStats: (store: SqliteStore) => store.patternStats(),
  deadLetters: (store: SqliteStore, query: DeadLetterQuery) => store.deadLetters(query),
  deadLetterResolutions: (store: SqliteStore, { place }: { place: number }) =>
    store.deadLetterResolutions(place),
  deadLetterCounts: (store: SqliteStore) => store.deadLetterCounts(),
  logId: (store: SqliteStore) => store.logId,
  livesPage,
  lifeWhole,
  analytics,
  equity,
  history,
  stateAt,
  stateDiff,
  stretchOf,
} as const;

export type Queries = typeof queries;
