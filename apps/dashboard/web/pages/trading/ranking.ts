import type { ComponentHealth, PatternRow, SymbolRow } from '../../../src/api/analytics.js';
import type { Tone } from '../../ui/badge.js';

/** How a table can be sorted: by a name upwards, by a figure downwards. */
export type Order<Row> = { by: keyof Row & string; down: boolean };

/**
 * Sorts a copy. What is not known comes last whichever way: it is neither the most nor the least. Rows that are equal
 * keep their order, which is the server's.
 */
export function sorted<Row>(rows: readonly Row[], { by, down }: Order<Row>): Row[] {
  return [...rows].sort((a, b) => {
    const [first, second] = [a[by], b[by]];
    if (first == null || second == null) return Number(first == null) - Number(second == null);
    const order = first < second ? -1 : first > second ? 1 : 0;
    return down ? -order : order;
  });
}

/** The order after a click on a column: the same one turns round, another begins with what people look for first. */
export function turned<Row>(order: Order<Row>, by: keyof Row & string, isText: boolean): Order<Row> {
  return order.by === by ? { by, down: !order.down } : { by, down: !isText };
}

/** Where a bar begins and ends in its box, 0 to 1, around a common zero. */
export interface Bar {
  from: number;
  to: number;
}

/** Bars to a common scale, with losses to the left of zero and gains to the right; null where there is no figure. */
export function barsOf(values: ReadonlyArray<number | null>): { bars: Array<Bar | null>; zero: number } {
  const known = values.filter((value) => value !== null);
  const least = known.reduce((a, b) => Math.min(a, b), 0);
  const most = known.reduce((a, b) => Math.max(a, b), 0);
  const span = most - least || 1;
  const place = (value: number) => (value - least) / span;
  const zero = place(0);
  const bars = values.map((value) => {
    if (value === null) return null;
    return { from: Math.min(zero, place(value)), to: Math.max(zero, place(value)) };
  });
  return { bars, zero };
}

/** The sums below the table of patterns. */
export function patternTotal(rows: readonly PatternRow[]): { signals: number; wins: number; losses: number } {
  return {
    signals: total(rows, 'signals'),
    wins: total(rows, 'wins'),
    losses: total(rows, 'losses'),
  };
}

/** The sums below the table of symbols; the profit is null where no outcome told one. */
export function symbolTotal(rows: readonly SymbolRow[]): Omit<SymbolRow, 'symbol'> {
  const profits = rows.map(({ profit }) => profit).filter((profit) => profit !== null);
  return {
    fires: total(rows, 'fires'),
    executed: total(rows, 'executed'),
    closed: total(rows, 'closed'),
    wins: total(rows, 'wins'),
    losses: total(rows, 'losses'),
    profit: profits.length === 0 ? null : inCents(profits),
  };
}

function total<Name extends string>(rows: ReadonlyArray<Record<Name, number>>, name: Name): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}

/** Money is added in cents, so that ten times 0.1 is 1. */
function inCents(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.round(value * 100), 0) / 100;
}

/** What a status says of a component. A map, for a status is any text, `constructor` too. */
const tones: ReadonlyMap<string, Tone> = new Map<string, Tone>([
  ['running', 'ok'],
  ['degraded', 'warn'],
  ['error', 'bad'],
]);
/** Of what comes and goes (`starting`, `stopped`), and of a status of its own making, it is not for us to judge. */
export function toneOfStatus(status: string): Tone {
  return tones.get(status) ?? 'quiet';
}

/** A piece of a component's bar. */
export interface StatusShare {
  status: string;
  count: number;
  /** 0 to 1. */
  share: number;
  tone: Tone;
}

const toneOrder: readonly Tone[] = ['bad', 'warn', 'quiet', 'ok'];

/** How often a component said what, the worst first: a single error among thousands must be found. */
export function statusShares({ statuses }: Pick<ComponentHealth, 'statuses'>): StatusShare[] {
  const counts = Object.entries(statuses).filter(([, count]) => count > 0);
  const said = counts.reduce((sum, [, count]) => sum + count, 0);
  return counts
    .map(([status, count]) => ({ status, count, share: count / said, tone: toneOfStatus(status) }))
    .sort((a, b) => toneOrder.indexOf(a.tone) - toneOrder.indexOf(b.tone) || b.count - a.count);
}
