import { createHistogram } from 'node:perf_hooks';

/** Milliseconds. */
export interface Quantiles {
  p50_ms: number;
  p99_ms: number;
  max_ms: number;
}

/** Of some lists of microseconds, taken together. */
export function quantilesOf(lists: readonly Uint32Array[]): Quantiles {
  const histogram = createHistogram({ figures: 3 });
  for (const list of lists) for (const us of list) histogram.record(Math.max(1, us));
  const ms = (us: number) => us / 1000;
  return {
    p50_ms: ms(histogram.percentile(50)),
    p99_ms: ms(histogram.percentile(99)),
    max_ms: ms(histogram.max),
  };
}
