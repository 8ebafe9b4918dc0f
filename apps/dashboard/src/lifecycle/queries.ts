import type { HopName, Lifecycle, LifecycleState, SqliteStore } from '@bitten/storage/store';
import type { LifecyclePage, LifecycleWhole } from '../api/index.js';
import { listedRowOf } from '../events/rows.js';

const events_max = 200;
/** A correlation that joins more than these is no life any more. */
const named_max = 20;

export interface LivesAsked {
  /** Null for all. */
  state: LifecycleState | null;
  /** The slowest by this hop, instead of a list by age. */
  slowBy: HopName | null;
  /** Only lives whose first event is below. */
  before: number | null;
  limit: number;
}

/** A page of lives, and how many there are of each kind. */
export function livesPage(store: SqliteStore, { state, slowBy, before, limit }: LivesAsked): LifecyclePage {
  const counts = store.lifecycleCounts();
  if (slowBy !== null) return { lives: store.slowestFires(slowBy, limit), next: null, counts };
  const query = { ...(state === null ? {} : { state }), ...(before === null ? {} : { before }) };
  // One more than is shown says whether there are more.
  const lives = store.lifecycle({ ...query, limit: limit + 1 });
  const shown = lives.slice(0, limit);
  return { lives: shown, next: lives.length > limit ? String(shown.at(-1)!.first_seq) : null, counts };
}

/** All about a fire, a signal or a correlation; null where nothing is known of it. */
export function lifeWhole(store: SqliteStore, { id }: { id: string }): LifecycleWhole | null {
  const events = store.eventsAbout(id, events_max);
  const direct = store.lifecycle({ id });
  const lives =
    direct.length > 0
      ? direct
      : livesNamed(
          store,
          events.map(({ data }) => data),
        );
  if (lives.length === 0 && events.length === 0) return null;
  return { id, lives, events: events.map(listedRowOf) };
}

/** The lives of the fires and signals that events name. */
function livesNamed(store: SqliteStore, data: ReadonlyArray<Record<string, unknown>>): Lifecycle[] {
  const named = (field: 'fire_id' | 'signal_id') =>
    new Set(data.map((each) => each[field]).filter((value): value is string => typeof value === 'string'));
  const lives = new Map<number, Lifecycle>();
  for (const id of [...named('fire_id'), ...named('signal_id')].slice(0, named_max)) {
    for (const life of store.lifecycle({ id })) lives.set(life.first_seq, life);
  }
  return [...lives.values()].sort((a, b) => b.first_seq - a.first_seq);
}
