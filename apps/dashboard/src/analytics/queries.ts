import type { SqliteStore, TimeRange } from '@bitten/storage/store';
import type { Analytics, Equity } from '../api/index.js';
import { columnOf } from './columns.js';
import { sessionsOf, winRate } from './sessions.js';

/** What signals without a pattern are called. */
const noPattern = '(none)';

/** What is asked for where nobody says when: all that is stored; at least this moment where nothing is. */
function wholeOf(store: SqliteStore, { from, to }: Partial<TimeRange>): TimeRange {
  const history = store.history() ?? { from: 0, to: 0 };
  return {
    from: from ?? Math.min(history.from, to ?? history.from),
    to: to ?? Math.max(history.to, from ?? history.to),
  };
}

/** What signals and trades of a time have come to, all of it from rollups. */
export function analytics(store: SqliteStore, asked: Partial<TimeRange>): Analytics {
  const range = wholeOf(store, asked);
  const { patterns, hours } = store.signalStats(range);
  const step_s = columnOf(range);
  return {
    ...range,
    patterns: patterns.map((row) => ({ ...row, pattern: row.pattern ?? noPattern, win_rate: winRate(row) })),
    sessions: sessionsOf(hours),
    symbols: store.symbolStats(range),
    volume: store.volume({ ...range, step_s }),
    components: store.componentStatuses(range),
  };
}

/** Balances and equity over time. */
export function equity(
  store: SqliteStore,
  { points, ...asked }: Partial<TimeRange> & { points: number },
): Equity {
  return store.equity({ ...wholeOf(store, asked), points });
}
