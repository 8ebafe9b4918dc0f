import type { StoreSummary } from '@bitten/storage/store';
import type { BusStats, DoorStats } from '@bitten/transport';
import type { Stats } from '@bitten/vitals';
import { amount, count } from '../show/amount.js';
import { cursorTable } from '../show/cursor-table.js';
import { renderTable } from '../show/table.js';
import type { Colors } from '../show/terminal.js';
import { formatDuration, formatTime } from '../time.js';

interface Look {
  colors: Colors;
  width: number;
}

/**
 * The state of bus and store as text for a terminal. With `before`, an earlier answer, rates are of the time
 * between the two; without it they are of the whole time the bus has been up.
 */
export function describeStats(
  stats: Stats,
  { before, ...look }: Look & { before?: Stats | undefined },
): string {
  const sections = [
    stats.bus.ok
      ? describeBus(stats, stats.bus, { ...look, before })
      : `${look.colors.red('bus')}  ${stats.bus.why}`,
    stats.store.ok
      ? describeStore(stats, stats.store, look)
      : `${look.colors.yellow('store')}  ${stats.store.why}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function describeBus(
  { at }: Stats,
  bus: Stats['bus'] & { ok: true },
  { colors, width, before }: Look & { before: Stats | undefined },
): string {
  const {
    events,
    log,
    dead_letters,
    commits,
    cursors,
    clients,
    memory_rss_bytes,
    uptime_s,
    unavailable,
    doors,
  } = bus.stats;
  const last =
    log.last_append_at === null
      ? 'nothing yet'
      : `${formatDuration(Math.max(0, at - log.last_append_at))} ago`;
  const facts: Array<[string, string]> = [
    // The bus cannot see who has gone; it counts who has spoken to it of late.
    [
      'up',
      `${formatDuration(uptime_s)}, ${size(memory_rss_bytes)} of memory, ${count(clients, 'client')} in the last two minutes`,
    ],
    [
      'events',
      `${amount(events.appended)} appended, ${amount(events.duplicates)} duplicates, ${amount(events.rejected)} rejected${conflatedWords(events.conflated)} since the start`,
    ],
    [
      'log',
      `${span(log.first, log.next)}, ${size(log.bytes)} in ${count(log.segments, 'segment')}, last append ${last}`,
    ],
    ['dead letters', amount(dead_letters.next - dead_letters.first)],
    ...(doors === undefined ? [] : [describeDoors(doors)]),
    [
      'commits',
      `${amount(commits.count)}, fsync p50 ${commits.fsync_p50_ms.toFixed(2)} ms, p99 ${commits.fsync_p99_ms.toFixed(2)} ms`,
    ],
  ];
  const parts = [
    `${colors.bold('bus')}  ${bus.server}, log ${bus.log_id}`,
    ...(unavailable
      ? [
          colors.red(
            `  not writable for ${formatDuration(Math.max(0, at - unavailable.since))}: ${unavailable.why}`,
          ),
        ]
      : []),
    factLines(bus.stats.doors === undefined ? facts : [...facts, ...doorFacts(bus.stats.doors)]),
    typeTable(bus.stats, {
      before: busOf(before),
      seconds: before === undefined ? uptime_s : at - before.at,
      width,
    }),
    cursors.length === 0 ? '' : `\n${cursorTable(cursors, { at, width })}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Nothing while no publisher has been short of room. */
function conflatedWords(conflated = 0): string {
  return conflated === 0 ? '' : `, ${amount(conflated)} conflated before they came`;
}

/** What came in that was no event, and who did not come in: all zero while everybody behaves. */
function describeDoors({ requests, refused, connections }: NonNullable<BusStats['doors']>): [string, string] {
  const closed = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const open = connections.pub + connections.pull + connections.bus;
  const wrong = `${count(requests.refused, 'bad request')}, ${amount(requests.malformed)} malformed`;
  return ['doors', `${count(open, 'connection')}, ${amount(closed)} refused; ${wrong}`];
}

function doorFacts({
  curve,
  connections,
  refused,
  slowed,
  unread_bytes,
}: DoorStats): Array<[string, string]> {
  const { pub, pull, bus } = connections;
  const inside = `${amount(pub)} on the live feed, ${amount(pull)} on the ingress, ${amount(bus)} on the bus protocol`;
  const { unknown_key, too_many, protocol, unfinished } = refused;
  return [
    ['connections', `${inside}; ${curve ? 'keys wanted' : 'no keys wanted'}`],
    [
      'not let in',
      `${amount(unknown_key)} unknown key, ${amount(protocol)} no key or another protocol, ${amount(unfinished)} unfinished, ${amount(too_many)} too many`,
    ],
    ['slowed down', `${amount(slowed)} requests; ${size(unread_bytes)} of replies unread`],
  ];
}

function busOf(stats: Stats | undefined): BusStats | undefined {
  return stats?.bus.ok ? stats.bus.stats : undefined;
}

function typeTable(
  { events: { by_type } }: BusStats,
  { before, seconds, width }: { before: BusStats | undefined; seconds: number; width: number },
): string {
  const earlier = before?.events.by_type ?? {};
  const rows = Object.entries(by_type)
    .sort(([, a], [, b]) => b - a)
    .map(([type, appended]) => {
      const rate =
        (appended - (Object.hasOwn(earlier, type) ? (earlier[type] ?? 0) : 0)) / Math.max(seconds, 0.001);
      return [type, amount(appended), rate >= 10 ? amount(Math.round(rate)) : rate.toFixed(2)];
    });
  if (rows.length === 0) return '';
  return `\n${renderTable({ head: ['type', 'events', 'per second'], rows, width, right: ['events', 'per second'] })}`;
}

function describeStore({ at }: Stats, store: Stats['store'] & { ok: true }, { colors, width }: Look): string {
  const { summary, file } = store;
  const parts = [
    `${colors.bold('store')}  ${file}`,
    factLines([
      ['rows', `${amount(summary.rows)} in ${size(summary.bytes)}${perEvent(summary)}`],
      ['write-ahead log', size(summary.wal_bytes)],
      ['dead letters', amount(summary.dead_letters)],
      [
        'next to apply',
        `${amount(summary.cursors.events)} of events, ${amount(summary.cursors.dead_letters)} of dead letters`,
      ],
    ]),
  ];
  if (summary.by_type.length > 0) {
    const rows = summary.by_type.map(({ event_type, rows, first_timestamp, last_timestamp }) => [
      event_type,
      amount(rows),
      formatTime(first_timestamp, at),
      formatTime(last_timestamp, at),
    ]);
    const head = ['type', 'rows', 'first', 'last'];
    parts.push(`\n${renderTable({ head, rows, width, right: ['rows'] })}`);
  }
  return parts.join('\n');
}

function perEvent({ rows, bytes }: StoreSummary): string {
  return rows < 1000 ? '' : `, ${Math.round(bytes / rows)} bytes an event`;
}

function factLines(facts: ReadonlyArray<[string, string]>): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}

function span(first: number, next: number): string {
  return next === first ? `empty, next seq ${next}` : `seq ${amount(first)} to ${amount(next - 1)}`;
}

/** `812 KiB`, `8.0 MiB`, `121 MiB`. */
function size(bytes: number): string {
  const mebi = bytes / 1024 ** 2;
  if (mebi < 1) return `${Math.ceil(bytes / 1024)} KiB`;
  return mebi < 10 ? `${mebi.toFixed(1)} MiB` : `${amount(Math.round(mebi))} MiB`;
}
