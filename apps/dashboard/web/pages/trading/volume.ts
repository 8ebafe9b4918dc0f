import type { Volume } from '../../../src/api/analytics.js';

/** Types beyond so many are drawn as one: colours further apart than that cannot be told from each other. */
const types_max = 8;

/** What the rest is called. */
const restName = 'other';

/** The types by how much there is of each, the rarest as `other`. */
export function busiest({ series }: Volume): Array<{ type: string; counts: number[]; total: number }> {
  const rows = Object.entries(series)
    .map(([type, counts]) => ({ type, counts, total: sum(counts) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total || (a.type < b.type ? -1 : 1));
  if (rows.length <= types_max) return rows;
  const rest = rows.slice(types_max - 1);
  const counts = rest[0]!.counts.map((_, i) => sum(rest.map((row) => row.counts[i] ?? 0)));
  return [...rows.slice(0, types_max - 1), { type: restName, counts, total: sum(counts) }];
}

/** The step in words: `hour`, `6 hours`, `day`. */
export function showStep(step_s: number): string {
  const hours = step_s / 3_600;
  if (hours < 24 || hours % 24 !== 0) return hours === 1 ? 'hour' : `${hours} hours`;
  return hours === 24 ? 'day' : `${hours / 24} days`;
}

/** When most came; null where nothing did. */
export function peakOf({ at, series }: Volume): { at: number; events: number } | null {
  const totals = at.map((_, i) => sum(Object.values(series).map((counts) => counts[i] ?? 0)));
  const events = totals.reduce((a, b) => Math.max(a, b), 0);
  return events === 0 ? null : { at: at[totals.indexOf(events)]!, events };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
