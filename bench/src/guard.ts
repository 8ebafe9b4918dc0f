import { type FigureName, figures, formatLimit, formatValue, type Summary } from './figures.js';

/**
 * What `--quick` asserts. Only what holds on any machine, however slow or busy: ratios of two figures of the same
 * run, and counts of bytes. Each limit is a third or less of what is usual, so that it breaks when something has
 * become several times worse and not when a neighbour makes noise.
 */
interface Guard {
  what: string;
  figure: FigureName;
  /** Divided by the sum of these, where there are any. */
  by?: readonly FigureName[];
  at_least?: number;
  at_most?: number;
}

const guards: readonly Guard[] = [
  { what: 'stored, to the raw insert rate', figure: 'stored.of_raw', at_least: 0.1 },
  { what: 'acks, to validating alone', figure: 'acks.rate', by: ['raw.decode'], at_least: 0.05 },
  { what: 'acks, to zeromq.js in batches', figure: 'acks.rate', by: ['raw.batches'], at_least: 0.005 },
  {
    what: 'receipt at 1k/s, to one round trip and one durable write',
    figure: 'receipt.1k.called.p50',
    by: ['raw.round_trip.p50', 'raw.sync.dsync.p50'],
    at_most: 15,
  },
  { what: 'replay, to JSON.parse alone', figure: 'replay.rate', by: ['raw.parse'], at_least: 0.1 },
  { what: 'a command, to node alone', figure: 'start.command', by: ['start.node'], at_most: 6 },
  { what: 'store per million events', figure: 'size.hot', at_most: 260 },
  { what: 'largest RSS at full speed', figure: 'rss.full.largest', at_most: 500 },
  { what: 'CPU of the idle bus', figure: 'cpu.idle.bus', at_most: 10 },
  { what: 'CPU of the idle collector', figure: 'cpu.idle.collector', at_most: 10 },
];

export interface GuardResult {
  what: string;
  text: string;
  holds: boolean;
}

type Summaries = Partial<Record<FigureName, Summary>>;

/** Those that can be told: a figure that was not asked for, or not on this machine, breaks nothing. */
export function checkGuards(summaries: Summaries): GuardResult[] {
  return guards.flatMap((guard) => {
    const value = figureOf(guard, summaries);
    if (value === undefined) return [];
    const { what, figure, by, at_least, at_most } = guard;
    const unit = by === undefined ? figures[figure].unit : '×';
    const limit = at_least ?? at_most ?? Number.NaN;
    const holds = at_least === undefined ? value <= limit : value >= limit;
    const sign = at_least === undefined ? '≤' : '≥';
    const measured = unit === '×' ? value.toFixed(3) : formatValue(value, unit);
    return [{ what, holds, text: `${what}: ${measured}, must be ${sign} ${formatLimit(limit, unit)}` }];
  });
}

function figureOf({ figure, by = [] }: Guard, summaries: Summaries): number | undefined {
  const value = summaries[figure]?.median;
  const parts = by.map((name) => summaries[name]?.median);
  if (value === undefined || parts.includes(undefined)) return undefined;
  const divisor = parts.reduce((sum: number, part) => sum + (part ?? 0), 0);
  return by.length === 0 ? value : value / divisor;
}
