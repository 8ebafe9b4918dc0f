import { type FigureName, figures, formatLimit, type Summary } from './figures.js';

/** One number that has to hold. */
export interface Must {
  figure: FigureName;
  at_least?: number;
  at_most?: number;
  /** What the figure is, where the line has several. */
  label?: string;
  /** Why nothing can measure it yet. */
  not_yet?: string;
}

/** A line of the budget, in the words of the design. */
export interface BudgetLine {
  what: string;
  /** What the first system's README promised. */
  seed: string;
  musts: readonly Must[];
}

/** The budget of the design, line by line. The figures say what a line means exactly. */
export const budget: readonly BudgetLine[] = [
  {
    what: 'stored and queryable, one publisher, bus and collector, every ack fsynced',
    seed: '1000+/s',
    musts: [
      { figure: 'stored.rate', at_least: 120_000 },
      { figure: 'stored.of_raw', at_least: 0.85, label: 'of raw insert' },
    ],
  },
  {
    what: 'publish() call in the component',
    seed: 'sub-millisecond',
    musts: [
      { figure: 'call.p50', at_most: 5, label: 'p50' },
      { figure: 'call.p99', at_most: 50, label: 'p99' },
    ],
  },
  {
    what: 'publish → fsynced receipt at 1k events/s',
    seed: '',
    musts: [
      { figure: 'receipt.1k.p50', at_most: 0.45, label: 'p50' },
      { figure: 'receipt.1k.p99', at_most: 1.5, label: 'p99' },
    ],
  },
  {
    what: 'the same at 10k events/s',
    seed: '',
    musts: [
      { figure: 'receipt.10k.p50', at_most: 0.6, label: 'p50' },
      { figure: 'receipt.10k.p99', at_most: 3.5, label: 'p99' },
    ],
  },
  {
    what: 'durable acks, one publisher at full speed; with 256 events outstanding',
    seed: '',
    musts: [
      { figure: 'acks.rate', at_least: 150_000 },
      { figure: 'acks.256.rate', at_least: 90_000, label: '256' },
      { figure: 'acks.256.p99', at_most: 7, label: '256 p99' },
    ],
  },
  {
    what: 'publish → live subscriber at 10k events/s',
    seed: '',
    musts: [
      { figure: 'live.p50', at_most: 1, label: 'p50' },
      { figure: 'live.p99', at_most: 5, label: 'p99' },
    ],
  },
  {
    what: 'publish → row visible in SQLite at 10k events/s',
    seed: '',
    musts: [
      { figure: 'visible.p50', at_most: 10, label: 'p50' },
      { figure: 'visible.p99', at_most: 50, label: 'p99' },
    ],
  },
  {
    what: 'store with all indexes and special tables, per million events of the mix',
    seed: '~100 MB',
    musts: [
      { figure: 'size.hot', at_most: 220, label: 'hot' },
      { figure: 'size.archived', at_most: 20, label: 'archived', not_yet: 'there is no archive yet' },
    ],
  },
  {
    what: 'replay from the log, one reader, parsed',
    seed: '',
    musts: [{ figure: 'replay.rate', at_least: 300_000 }],
  },
  {
    what: 'bus restart on a 10 GB log, to first ack',
    seed: '',
    musts: [{ figure: 'restart.first_ack', at_most: 1 }],
  },
  {
    what: 'a command of bitten, from its start to its first work',
    seed: '',
    musts: [{ figure: 'start.command', at_most: 150 }],
  },
  {
    what: 'RSS per process, 1k events/s / full speed',
    seed: '50 to 100 MB',
    musts: [
      { figure: 'rss.1k.largest', at_most: 90, label: '1k/s' },
      { figure: 'rss.full.largest', at_most: 200, label: 'full speed' },
    ],
  },
  {
    what: 'CPU of bus and of collector, idle / at 1k events/s',
    seed: '< 5 %',
    musts: [
      { figure: 'cpu.idle.bus', at_most: 0.5, label: 'bus idle' },
      { figure: 'cpu.idle.collector', at_most: 0.5, label: 'collector idle' },
      { figure: 'cpu.1k.bus', at_most: 20, label: 'bus 1k/s' },
      { figure: 'cpu.1k.linger.bus', at_most: 8, label: 'bus 1k/s, linger 2 ms' },
      { figure: 'cpu.1k.collector', at_most: 8, label: 'collector 1k/s' },
    ],
  },
  {
    what: 'newest 50 of a type among 10M events; a dashboard panel over 10M',
    seed: '',
    musts: [
      { figure: 'newest.p99', at_most: 5, label: 'newest 50' },
      { figure: 'panel.p99', at_most: 100, label: 'panel' },
    ],
  },
];

export type Verdict = 'met' | 'not met' | 'not yet' | 'not run' | 'not here';

export interface Judged {
  verdict: Verdict;
  /** Measured to must; above 1 is better for `at_least`, worse for `at_most`. */
  ratio?: number;
}

/** `measured` is false where the scenario ran and this machine could not tell the figure. */
export function judge(must: Must, summary: Summary | undefined, wasRun: boolean): Judged {
  if (summary === undefined) {
    if (must.not_yet !== undefined) return { verdict: 'not yet' };
    return { verdict: wasRun ? 'not here' : 'not run' };
  }
  const { at_least, at_most } = must;
  const limit = at_least ?? at_most;
  if (limit === undefined) return { verdict: 'met' };
  const isMet = at_least === undefined ? summary.median <= limit : summary.median >= limit;
  return { verdict: isMet ? 'met' : 'not met', ratio: summary.median / limit };
}

/** `p50 ≤ 5 µs`. */
export function describeMust({ figure, at_least, at_most, label }: Must): string {
  const { unit } = figures[figure];
  const limit =
    at_least === undefined ? `≤ ${formatLimit(at_most ?? 0, unit)}` : `≥ ${formatLimit(at_least, unit)}`;
  return label === undefined ? limit : `${label} ${limit}`;
}
