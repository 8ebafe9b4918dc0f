import { storedUpTo, type Vitals } from '@bitten/vitals';
import { amount, count } from '../show/amount.js';
import { formatDuration } from '../time.js';
import { type Check, judge, type Measure, type Status, worstOf } from './check.js';
import type { ExpectedComponent } from './components.js';
import type { AllLimits } from './limits.js';

/** What facts are judged by. */
export interface Expectations {
  limits: AllLimits;
  components: readonly ExpectedComponent[];
}

type Judgement = Omit<Check, 'name'>;
type Judge = (facts: Vitals, expected: Expectations) => Judgement | null;

/** Each check by its name, in the order of what stands on what. Null: there is nothing to check. */
const judges: Readonly<Record<string, Judge>> = {
  bus: ({ bus }) => {
    const measures = [measure('bus_up', 'Whether the bus answers.', bus.ok ? 1 : 0)];
    if (!bus.ok) return { status: 'critical', text: bus.why, measures };
    return {
      status: 'ok',
      text: `${bus.server} answers, up ${formatDuration(bus.stats.uptime_s)}`,
      measures,
    };
  },
  log: ({ bus, at }) => {
    if (!bus.ok) return untold();
    const { unavailable, log } = bus.stats;
    const measures = [measure('log_bytes', 'Size of the log.', log.bytes, { unit: 'B' })];
    if (unavailable == null) {
      const { first, next } = log;
      return {
        status: 'ok',
        text: `writable, ${count(next - first, 'event')} in ${bytes(log.bytes)}`,
        measures,
      };
    }
    const since = formatDuration(Math.max(0, at - unavailable.since));
    return { status: 'critical', text: `not writable for ${since}: ${unavailable.why}`, measures };
  },
  store: ({ store }) => {
    if (!store.ok) return { status: 'critical', text: store.why, measures: [] };
    const { summary } = store;
    const measures = [measure('store_bytes', 'Size of the database.', summary.bytes, { unit: 'B' })];
    return { status: 'ok', text: `${count(summary.rows, 'event')} in ${bytes(summary.bytes)}`, measures };
  },
  lag: (facts, { limits }) => {
    const position = storedUpTo(facts);
    if (!facts.bus.ok) return untold();
    if (position === null) {
      return {
        status: 'critical',
        text: 'nobody has followed the log into a store: start the collector',
        measures: [],
      };
    }
    const lag = Math.max(0, facts.bus.stats.log.next - position);
    const oldest = facts.oldest_unstored_at;
    const lag_s = oldest === null ? 0 : Math.max(0, facts.at - oldest);
    const text =
      lag === 0 ? 'the store has all events' : `${count(lag, 'event')}, ${formatDuration(lag_s)} behind`;
    return judged(text, [
      measure('lag', 'Events the store is behind.', lag, { limits: limits.lag }),
      measure('lag_seconds', 'For how long the oldest event that is not stored has waited.', lag_s, {
        unit: 's',
        limits: limits['lag-time'],
      }),
    ]);
  },
  newest: ({ store, at }, { limits }) => {
    const { newest } = limits;
    if (newest.warn === null && newest.crit === null) return null;
    if (!store.ok) return untold('the store cannot be read');
    const last = store.summary.last_timestamp;
    if (last === null) return { status: 'critical', text: 'the store is empty', measures: [] };
    const age_s = Math.max(0, at - last);
    return judged(`the newest event in the store is ${formatDuration(age_s)} old`, [
      measure('newest_event_age_seconds', 'Age of the newest event in the store.', age_s, {
        unit: 's',
        limits: newest,
      }),
    ]);
  },
  'dead-letters': ({ store }, { limits }) => {
    if (!store.ok) return untold('the store cannot be read');
    const open = store.summary.dead_letters_open;
    return judged(open === 0 ? 'none is open' : `${amount(open)} open: bitten dead-letters list`, [
      measure('dead_letters_open', 'Dead letters nobody has dealt with.', open, {
        limits: limits['dead-letters'],
      }),
    ]);
  },
  components: ({ components, at }, { components: expected }) => {
    if (expected.length === 0) return null;
    if (!(components instanceof Map)) return untold(components.why);
    const found = expected.map((one) => heartbeat(one, components.get(one.name) ?? null, at));
    return together(found);
  },
  retention: ({ bus }, { limits }) => {
    if (!bus.ok) return untold();
    const holding = bus.stats.cursors.filter(({ hold }) => hold);
    const worst = holding.reduce<(typeof holding)[number] | null>(
      (a, b) => (a === null || b.lag > a.lag ? b : a),
      null,
    );
    if (worst === null) return { status: 'ok', text: 'no cursor holds it', measures: [] };
    return judged(`${worst.name} holds it, ${count(worst.lag, 'event')} behind`, [
      measure('hold_lag', 'How far the cursor that holds retention back the most is behind.', worst.lag, {
        limits: limits.hold,
      }),
    ]);
  },
  disk: ({ disks }, { limits }) =>
    together(
      disks.map((disk) => {
        if ('why' in disk) return untold(`${disk.what}: ${disk.why}`);
        return judged(`${disk.what}: ${bytes(disk.free_bytes)} of ${bytes(disk.total_bytes)} free`, [
          measure('disk_free_bytes', 'Free space of the disk.', disk.free_bytes, {
            unit: 'B',
            limits: limits.disk,
            of: { label: 'folder', value: disk.what },
          }),
        ]);
      }),
    ),
  spools: ({ spools }, { limits }) =>
    judged(
      spools.spools === 0
        ? 'nothing waits'
        : `${count(spools.spools, 'component')}, ${bytes(spools.bytes)} wait`,
      [
        measure('spooled_bytes', 'What components could not deliver yet.', spools.bytes, {
          unit: 'B',
          limits: limits.spool,
        }),
      ],
    ),
  memory: ({ bus }, { limits }) => {
    if (!bus.ok) return untold();
    const rss = bus.stats.memory_rss_bytes;
    return judged(`the bus takes ${bytes(rss)}`, [
      measure('bus_resident_memory_bytes', 'Memory of the bus that is in RAM.', rss, {
        unit: 'B',
        limits: limits.rss,
      }),
    ]);
  },
};

export const checkNames: readonly string[] = Object.keys(judges);

/** Judges the facts, by the checks named. */
export function judgeHealth(facts: Vitals, expected: Expectations, names = checkNames): Check[] {
  return names.flatMap((name) => {
    const judgement = judges[name]?.(facts, expected) ?? null;
    return judgement === null ? [] : [{ name, ...judgement }];
  });
}

function heartbeat(expected: ExpectedComponent, last: HealthOf | null, now: number): Judgement {
  const { name, age_s_max } = expected;
  if (last === null) return { status: 'critical', text: `${name} has never said how it is`, measures: [] };
  const age_s = Math.max(0, now - last.at);
  const limits = { warn: null, crit: age_s_max, isBelow: false };
  const of = { label: 'component', value: name };
  const measures = [
    measure('heartbeat_age_seconds', 'Age of the last system_health.', age_s, { unit: 's', limits, of }),
  ];
  const isUnwell = ['degraded', 'error', 'stopped', 'stopping'].includes(last.status);
  const status = worstOf([judge(age_s, limits), isUnwell ? 'warning' : 'ok']);
  return { status, text: `${name} said ${last.status} ${formatDuration(age_s)} ago`, measures };
}

type HealthOf = { status: string; at: number };

function untold(text = 'the bus does not answer'): Judgement {
  return { status: 'unknown', text, measures: [] };
}

function judged(text: string, measures: readonly Measure[]): Judgement {
  const statuses = measures.map(
    ({ value, limits }): Status => (limits === undefined ? 'ok' : judge(value, limits)),
  );
  return { status: worstOf(statuses), text, measures };
}

function together(found: readonly Judgement[]): Judgement {
  return {
    status: worstOf(found.map(({ status }) => status)),
    text: found.map(({ text }) => text).join('; '),
    measures: found.flatMap(({ measures }) => measures),
  };
}

function measure(
  name: string,
  help: string,
  value: number,
  more: Partial<Pick<Measure, 'unit' | 'limits' | 'of'>> = {},
): Measure {
  return { name, help, value, unit: '', ...more };
}

/** `812 KiB`, `8.1 GiB`: to two digits, for a look. */
function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)));
  const scaled = value / 1024 ** power;
  return `${scaled.toFixed(power > 0 && scaled < 10 ? 1 : 0)} ${units[power]}`;
}
