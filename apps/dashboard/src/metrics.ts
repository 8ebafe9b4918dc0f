import type { MetricFamily, NotReady } from '@bitten/runtime';
import type { Now } from './api/index.js';
import type { HubFacts } from './live/hub.js';
import type { PoolFacts } from './queries/pool.js';

/** All that `/metrics` of the dashboard is read from: what it does itself. The bus and the collector have their own. */
interface DashboardFacts {
  hub: HubFacts;
  queries: PoolFacts;
  /** The last look at everything. */
  now: Now;
}

type Family = MetricFamily<DashboardFacts>;

export const dashboardFamilies: readonly Family[] = [
  gauge('streams', 'Pages that have a stream open.', ({ hub }) => hub.streams),
  gauge('tails', 'Of those, the ones that watch events.', ({ hub }) => hub.tails),
  counter(
    'stream_frames_dropped',
    'Frames that slow browsers had no room for.',
    ({ hub }) => hub.dropped_frames,
  ),
  counter('queries', 'Queries the store was asked.', ({ queries }) => queries.asked),
  counter('queries_overdue', 'Queries that were ended because they took too long.', ({ queries }) => {
    return queries.overdue;
  }),
  gauge('queries_waiting', 'Queries that wait for a worker.', ({ queries }) => queries.waiting),
  gauge('bus_up', '1 where the bus answered at the last look.', ({ now }) => (now.bus.up ? 1 : 0)),
  gauge('store_up', '1 where the store answered at the last look.', ({ now }) => (now.store.up ? 1 : 0)),
  {
    ...gauge('event_delay_seconds', "From the publisher's timestamp to the row in the store.", ({ now }) => {
      if (now.latency === null) return [];
      return [
        { labels: { percentile: '50' }, value: now.latency.p50_ms / 1000 },
        { labels: { percentile: '99' }, value: now.latency.p99_ms / 1000 },
      ];
    }),
    labels: ['percentile'],
  },
];

/** Pages are served also while the bus or the store is away; then they say so, and so does this. */
export function whyNotReady(now: Now | null, isStopping: boolean): NotReady[] {
  if (isStopping) return [{ code: 'stopping', message: 'the dashboard is stopping' }];
  if (now === null)
    return [{ code: 'starting', message: 'the dashboard looks at everything for the first time' }];
  const reasons: NotReady[] = [];
  if (!now.bus.up) reasons.push({ code: 'bus_away', message: now.bus.why });
  if (!now.store.up) reasons.push({ code: 'store_away', message: now.store.why });
  return reasons;
}

function counter(name: string, help: string, read: Family['read']): Family {
  return { type: 'counter', name: `bitten_dashboard_${name}_total`, help, read };
}

function gauge(name: string, help: string, read: Family['read']): Family {
  return { type: 'gauge', name: `bitten_dashboard_${name}`, help, read };
}
