import type { DurationFamily, MetricFamily, Sample } from '@bitten/runtime';
import type { StoreSummary } from '@bitten/storage/store';
import type { LogName } from '@bitten/transport';
import type { LogProgress } from './progress.js';

/** What the store tells of itself. */
export interface StoreFacts {
  summary: StoreSummary;
  /** Spans that were gone from a log before they could be stored, or that retention has removed since. */
  gaps: number;
  /** Events since the collector started. */
  stored: number;
  /** Of those, the ones the database has refused for their content. */
  failed: number;
}

/** All that `/metrics` of the collector is read from. */
interface CollectorFacts extends StoreFacts {
  /** Of the collector on this data folder, this one included. */
  starts: number;
  progress: Record<LogName, LogProgress>;
}

type Family = MetricFamily<CollectorFacts>;

const logs = ['events', 'dead_letters'] as const;

export const applyDurations: DurationFamily<LogName> = {
  name: 'bitten_collector_apply_duration_seconds',
  help: 'How long it takes to store a page, from its bytes to its rows on disk.',
  label: 'log',
  steps: logs,
  buckets_s: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
};

export const lagDurations: DurationFamily<LogName> = {
  name: 'bitten_collector_store_delay_seconds',
  help: 'From the append of the first event of a page by the bus to its row in the store.',
  label: 'log',
  steps: logs,
  buckets_s: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3_600, 86_400],
};

export const collectorFamilies: readonly Family[] = [
  counter('starts', 'Starts of the collector on this data folder.', ({ starts }) => starts),
  {
    ...counter('fetched', 'Events and dead letters that came, those that came again included.', (facts) => {
      return byLog(facts, ({ fetched }) => fetched);
    }),
    labels: ['log'],
  },
  counter('events_stored', 'Events stored.', ({ stored }) => stored),
  counter('events_failed', 'Events whose content the database refused.', ({ failed }) => failed),
  {
    ...gauge('following', '1 while a log is followed into the store.', (facts) => {
      return byLog(facts, ({ trouble }) => (trouble === null ? 1 : 0));
    }),
    labels: ['log'],
  },
  {
    ...gauge('lag', 'How many events the store is behind, by what the bus said last.', (facts) => {
      return byLog(facts, ({ lag }) => lag);
    }),
    labels: ['log'],
  },
  {
    ...gauge('lag_seconds', 'For how long the oldest event that is not stored has waited.', (facts) => {
      return byLog(facts, ({ lag_s }) => lag_s);
    }),
    labels: ['log'],
  },
  {
    ...gauge('store_next_seq', 'The next seq to be stored.', (facts) => {
      return logs.map((log) => ({ labels: { log }, value: facts.summary.cursors[log] }));
    }),
    labels: ['log'],
  },
  gauge('store_rows', 'Events in the store.', ({ summary }) => summary.rows),
  gauge('store_bytes', 'Size of the database.', ({ summary }) => summary.bytes),
  gauge('store_wal_bytes', 'Size of the write-ahead log beside it.', ({ summary }) => summary.wal_bytes),
  gauge(
    'store_newest_event_time_seconds',
    'The latest time an event in the store says of itself.',
    (facts) => {
      return facts.summary.last_timestamp;
    },
  ),
  gauge('store_gaps', 'Spans of positions whose events are not in the store.', ({ gaps }) => gaps),
  gauge('dead_letters', 'Dead letters in the store.', ({ summary }) => summary.dead_letters),
  gauge(
    'dead_letters_open',
    'Dead letters nobody has dealt with.',
    ({ summary }) => summary.dead_letters_open,
  ),
];

function counter(name: string, help: string, read: Family['read']): Family {
  return { type: 'counter', name: `bitten_collector_${name}_total`, help, read };
}

function gauge(name: string, help: string, read: Family['read']): Family {
  return { type: 'gauge', name: `bitten_collector_${name}`, help, read };
}

function byLog({ progress }: CollectorFacts, value: (log: LogProgress) => number): Sample[] {
  return logs.map((log) => ({ labels: { log }, value: value(progress[log]) }));
}
