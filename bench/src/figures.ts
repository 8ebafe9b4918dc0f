/** What a number counts; decides how it is printed. */
export type Unit = 'events/s' | 'ms' | 'µs' | 's' | 'MB' | 'MB/M' | '%' | '×';

export interface FigureSpec {
  what: string;
  unit: Unit;
}

/**
 * Everything that is measured, declared once. A scenario records values under these names, the budget and the
 * guard judge some of them, the rest is printed beside the budget.
 */
export const figures = {
  'stored.rate': { what: 'stored and queryable', unit: 'events/s' },
  'stored.of_raw': { what: 'stored, to the raw insert rate of the same rows', unit: '×' },
  'stored.acks': { what: 'acknowledged meanwhile', unit: 'events/s' },

  'call.p50': { what: 'publish() call at 10k/s, p50', unit: 'µs' },
  'call.p99': { what: 'publish() call at 10k/s, p99', unit: 'µs' },
  'call.full.p50': { what: 'publish() call at full speed, p50', unit: 'µs' },
  'call.full.p99': { what: 'publish() call at full speed, p99', unit: 'µs' },
  'call.1k.p50': { what: 'publish() call at 1k/s, p50', unit: 'µs' },
  'call.1k.p99': { what: 'publish() call at 1k/s, p99', unit: 'µs' },

  'receipt.1k.p50': { what: 'due → receipt at 1k/s, p50', unit: 'ms' },
  'receipt.1k.p99': { what: 'due → receipt at 1k/s, p99', unit: 'ms' },
  'receipt.1k.called.p50': { what: 'called → receipt at 1k/s, p50', unit: 'ms' },
  'receipt.1k.called.p99': { what: 'called → receipt at 1k/s, p99', unit: 'ms' },
  'receipt.1k.late.p50': { what: 'due → called at 1k/s, p50', unit: 'ms' },
  'receipt.1k.late.p99': { what: 'due → called at 1k/s, p99', unit: 'ms' },
  'receipt.10k.p50': { what: 'due → receipt at 10k/s, p50', unit: 'ms' },
  'receipt.10k.p99': { what: 'due → receipt at 10k/s, p99', unit: 'ms' },
  'receipt.10k.called.p50': { what: 'called → receipt at 10k/s, p50', unit: 'ms' },
  'receipt.10k.called.p99': { what: 'called → receipt at 10k/s, p99', unit: 'ms' },
  'receipt.10k.late.p50': { what: 'due → called at 10k/s, p50', unit: 'ms' },
  'receipt.10k.late.p99': { what: 'due → called at 10k/s, p99', unit: 'ms' },

  'acks.rate': { what: 'durable acks at full speed', unit: 'events/s' },
  'acks.256.rate': { what: 'durable acks, 256 outstanding', unit: 'events/s' },
  'acks.256.p50': { what: 'ack with 256 outstanding, p50', unit: 'ms' },
  'acks.256.p99': { what: 'ack with 256 outstanding, p99', unit: 'ms' },

  'live.p50': { what: 'due → subscriber at 10k/s, p50', unit: 'ms' },
  'live.p99': { what: 'due → subscriber at 10k/s, p99', unit: 'ms' },
  'visible.p50': { what: 'due → row visible at 10k/s, p50', unit: 'ms' },
  'visible.p99': { what: 'due → row visible at 10k/s, p99', unit: 'ms' },
  'visible.poll': { what: 'pause between two looks at the store, p99', unit: 'ms' },

  'size.hot': { what: 'store, write-ahead log emptied', unit: 'MB/M' },
  'size.with_wal': { what: 'store with its write-ahead log as the writer leaves it', unit: 'MB/M' },
  'size.archived': { what: 'archived', unit: 'MB/M' },

  'replay.rate': { what: 'replay through a subscription', unit: 'events/s' },
  'replay.fetch': { what: 'replay by fetch and JSON.parse', unit: 'events/s' },

  'restart.first_ack': { what: 'killed bus started again → first ack', unit: 's' },
  'restart.ready': { what: 'killed bus started again → ready', unit: 's' },

  'start.node': { what: 'node alone, from start to end', unit: 'ms' },
  'start.version': { what: 'bitten --version, from start to end', unit: 'ms' },
  'start.command': { what: 'the slowest command, from start to its first work', unit: 'ms' },

  'rss.1k.bus': { what: 'RSS of the bus at 1k/s', unit: 'MB' },
  'rss.1k.collector': { what: 'RSS of the collector at 1k/s', unit: 'MB' },
  'rss.1k.publisher': { what: 'RSS of the publisher at 1k/s, time-keeping thread included', unit: 'MB' },
  'rss.1k.largest': { what: 'larger RSS of bus and collector at 1k/s', unit: 'MB' },
  'rss.full.bus': { what: 'peak RSS of the bus at full speed', unit: 'MB' },
  'rss.full.collector': { what: 'peak RSS of the collector at full speed', unit: 'MB' },
  'rss.full.publisher': { what: 'peak RSS of the publisher at full speed', unit: 'MB' },
  'rss.full.largest': { what: 'largest peak RSS at full speed', unit: 'MB' },

  'cpu.idle.bus': { what: 'CPU of the idle bus', unit: '%' },
  'cpu.idle.collector': { what: 'CPU of the idle collector', unit: '%' },
  'cpu.1k.bus': { what: 'CPU of the bus at 1k/s', unit: '%' },
  'cpu.1k.linger.bus': { what: 'CPU of the bus at 1k/s, linger 2 ms', unit: '%' },
  'cpu.1k.collector': { what: 'CPU of the collector at 1k/s', unit: '%' },
  'cpu.1k.linger.collector': { what: 'CPU of the collector at 1k/s, linger 2 ms', unit: '%' },

  'newest.p99': { what: 'newest 50 of a type by queryEvents, p99', unit: 'ms' },
  'newest.p50': { what: 'newest 50 of a type by queryEvents, p50', unit: 'ms' },
  'newest.sql.p50': { what: 'newest 50 of a type by SQL on the view events, p50', unit: 'ms' },
  'panel.p99': { what: 'a dashboard panel', unit: 'ms' },

  'raw.insert': { what: 'better-sqlite3 alone: the same rows, prepared statements', unit: 'events/s' },
  'raw.apply': { what: 'the store alone: applyEvents of parsed events', unit: 'events/s' },
  'raw.round_trip.p50': { what: 'zeromq.js alone: DEALER to ROUTER and back, p50', unit: 'ms' },
  'raw.round_trip.p99': { what: 'zeromq.js alone: DEALER to ROUTER and back, p99', unit: 'ms' },
  'raw.batches': { what: 'zeromq.js alone: batches of 256, each answered', unit: 'events/s' },
  'raw.sync.growing.p50': { what: 'write + fdatasync, growing file, p50', unit: 'ms' },
  'raw.sync.prealloc.p50': { what: 'write + fdatasync, preallocated file, p50', unit: 'ms' },
  'raw.sync.dsync.p50': { what: 'O_DSYNC write, preallocated file, p50', unit: 'ms' },
  'raw.sync.dsync.p99': { what: 'O_DSYNC write, preallocated file, p99', unit: 'ms' },
  'raw.parse': { what: 'JSON.parse alone, one core', unit: 'events/s' },
  'raw.decode': { what: 'parse and validate alone (decodeEvent), one core', unit: 'events/s' },
  'raw.encode': { what: 'validate and stringify alone, one core', unit: 'events/s' },
} as const satisfies Record<string, FigureSpec>;

export type FigureName = keyof typeof figures;

/** The runs of one figure, brought together. */
export interface Summary {
  median: number;
  lowest: number;
  highest: number;
  runs: number;
}

export function summarize(values: readonly number[]): Summary | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (lowest === undefined || highest === undefined) return undefined;
  return { median: median(sorted), lowest, highest, runs: sorted.length };
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)]!;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + upper) / 2 : upper;
}

/** A value as people read it: three digits that count, the unit behind. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'events/s') return `${formatCount(value)}/s`;
  return unit === '×' ? formatDigits(value) : `${formatDigits(value)} ${unit === 'MB/M' ? 'MB' : unit}`;
}

/** `median (lowest to highest)`, or the value alone where there was one run. */
export function formatSummary({ median: middle, lowest, highest, runs }: Summary, unit: Unit): string {
  if (runs === 1) return formatValue(middle, unit);
  const short = (value: number): string => (unit === 'events/s' ? formatCount(value) : formatDigits(value));
  return `${formatValue(middle, unit)} (${short(lowest)} to ${short(highest)})`;
}

/** A limit as it was set: without the digits that a measurement has. */
export function formatLimit(value: number, unit: Unit): string {
  if (unit === 'events/s') return `${value / 1e3}k/s`;
  return unit === '×' ? String(value) : `${value} ${unit === 'MB/M' ? 'MB' : unit}`;
}

function formatCount(value: number): string {
  if (value >= 999_500) return `${formatDigits(value / 1e6)}M`;
  return value >= 1_000 ? `${formatDigits(value / 1e3)}k` : formatDigits(value);
}

function formatDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}
