import { type BusFacts, type Hop, hops, isStandardType } from '@bitten/broker';
import type { DurationFamily, MetricFamily, Sample, WaitingSpools } from '@bitten/runtime';

/** All that `/metrics` of the bus is read from. */
interface BusMetricFacts extends BusFacts {
  /** Unix seconds. */
  now: number;
  /** Of the bus on this data folder, this one included. */
  starts: number;
  spools: WaitingSpools;
}

type Family = MetricFamily<BusMetricFacts>;

/** From a fast disk to a spool that waited over a weekend. */
export const hopDurations: DurationFamily<Hop> = {
  name: 'bitten_bus_hop_duration_seconds',
  help: 'How long the hops of an event through the bus take, observed once for a batch or a commit.',
  label: 'hop',
  steps: hops,
  buckets_s: [
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60,
    600, 3_600, 86_400,
  ],
};

/** Names of cursors are made by readers: beyond these, by lag, they are told together. */
const cursorsShown = 50;

export const busFamilies: readonly Family[] = [
  counter('starts', 'Starts of the bus on this data folder.', ({ starts }) => starts),
  gauge('start_time_seconds', 'When the bus started, Unix time.', ({ started_at }) => started_at),
  counter(
    'events_received',
    'Events as they came in, repeats and what could not be written included.',
    (facts) => {
      return facts.events.received;
    },
  ),
  {
    ...counter(
      'events_appended',
      'Events in the log since the start; types that are not standard are (other).',
      byType,
    ),
    labels: ['type'],
  },
  counter('events_duplicate', 'Events that came again and were in the logs already.', ({ events }) => {
    return events.duplicates;
  }),
  counter(
    'events_conflated',
    'Earlier values that appended events stand for, by their publishers.',
    (facts) => {
      return facts.events.conflated ?? null;
    },
  ),
  {
    ...counter(
      'events_rejected',
      'Events that went to the dead letters, by port and by what was wrong first.',
      rejected,
    ),
    labels: ['door', 'reason'],
  },
  counter('commits', 'Commits of the log.', ({ commits }) => commits.count),
  gauge('unavailable', '1 while the logs cannot be written.', ({ unavailable }) =>
    unavailable == null ? 0 : 1,
  ),
  gauge('log_bytes', 'Size of the log.', ({ log }) => log.bytes),
  gauge('log_segments', 'Segments of the log.', ({ log }) => log.segments),
  gauge('log_first_seq', 'The oldest seq that can still be read.', ({ log }) => log.first),
  gauge('log_next_seq', 'The seq the next event will get.', ({ log }) => log.next),
  gauge(
    'log_last_append_time_seconds',
    'When an event was appended last, Unix time.',
    ({ log }) => log.last_append_at,
  ),
  gauge('oldest_event_age_seconds', 'For how long the oldest event of the log has been there.', (facts) => {
    return facts.oldest_append_at === null ? null : Math.max(0, facts.now - facts.oldest_append_at);
  }),
  gauge(
    'dead_letters_first',
    'The oldest dead letter that can still be read.',
    (facts) => facts.dead_letters.first,
  ),
  gauge('dead_letters_next', 'The place the next dead letter will get.', (facts) => facts.dead_letters.next),
  gauge('clients', 'Clients of the bus protocol seen within two minutes.', ({ clients }) => clients),
  {
    ...gauge('connections', 'Open connections, by port.', ({ doors }) => samples('door', doors?.connections)),
    labels: ['door'],
  },
  {
    ...counter('handshakes_refused', 'Connections that did not come in, by reason.', ({ doors }) => {
      return samples('reason', doors?.refused);
    }),
    labels: ['reason'],
  },
  {
    ...counter('requests', 'Requests on the bus port, by what became of them.', ({ doors }) => {
      return samples('outcome', doors?.requests);
    }),
    labels: ['outcome'],
  },
  counter('requests_slowed', 'Requests answered slow_down.', ({ doors }) => doors?.slowed ?? null),
  gauge(
    'unread_bytes',
    'Replies that clients have not said to have read.',
    ({ doors }) => doors?.unread_bytes ?? null,
  ),
  {
    ...gauge(
      'cursor_lag',
      `Events a durable cursor is behind; beyond the ${cursorsShown} largest, the largest.`,
      lags,
    ),
    labels: ['cursor', 'hold'],
  },
  gauge('last_values', 'Keys whose last value is kept.', (facts) => facts.last_values?.keys ?? null),
  gauge('last_values_bytes', 'Size of the last values.', (facts) => facts.last_values?.bytes ?? null),
  counter('last_values_forgotten', 'Last values given up for want of room.', (facts) => {
    return facts.last_values?.forgotten ?? null;
  }),
  gauge(
    'spools_waiting',
    'Components whose spool in the data folder holds events.',
    ({ spools }) => spools.spools,
  ),
  gauge('spooled_bytes', 'Size of the spools in the data folder.', ({ spools }) => spools.bytes),
];

function counter(name: string, help: string, read: Family['read']): Family {
  return { type: 'counter', name: `bitten_bus_${name}_total`, help, read };
}

function gauge(name: string, help: string, read: Family['read']): Family {
  return { type: 'gauge', name: `bitten_bus_${name}`, help, read };
}

/** Publishers may invent types, and put into a name what they like. */
function byType({ events }: BusMetricFacts): Sample[] {
  let other = 0;
  const known: Record<string, number> = {};
  for (const [type, count] of Object.entries(events.by_type)) {
    if (isStandardType(type)) known[type] = count;
    else other += count;
  }
  return samples('type', other > 0 ? { ...known, '(other)': other } : known);
}

function rejected({ rejections }: BusMetricFacts): Sample[] {
  return rejections.map(({ door, code, count }) => ({ labels: { door, reason: code }, value: count }));
}

function lags({ cursors }: BusMetricFacts): Sample[] {
  const sorted = [...cursors].sort((a, b) => b.lag - a.lag);
  const shown = sorted
    .slice(0, cursorsShown)
    .map(({ name, hold, lag }) => ({ labels: { cursor: name, hold: String(hold) }, value: lag }));
  const next = sorted[cursorsShown];
  if (next !== undefined) shown.push({ labels: { cursor: '(other)', hold: 'false' }, value: next.lag });
  return shown;
}

function samples(label: string, values: Readonly<Record<string, number>> | undefined): Sample[] {
  return Object.entries(values ?? {}).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
