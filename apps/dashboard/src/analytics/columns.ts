import type { TimeRange } from '@bitten/storage/store';

/** So many columns of volume can be told apart on a page. */
const columns_max = 336;
/** Columns that people can name, in hours; beyond, whole days. */
const columns_h = [1, 2, 3, 4, 6, 8, 12, 24];
const hour_s = 3_600;

/** How long a column of volume is, seconds: an hour, or as long as keeps a time to as many columns as a page bears. */
export function columnOf({ from, to }: TimeRange): number {
  const least_h = (to - from) / hour_s / columns_max;
  return (columns_h.find((hours) => hours >= least_h) ?? Math.ceil(least_h / 24) * 24) * hour_s;
}
