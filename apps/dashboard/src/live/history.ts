import type { Now, Rates } from '../api/index.js';

interface Sample {
  /** Unix seconds. */
  at: number;
  /** Events a second by type; those that had none are left out. */
  rates: Readonly<Record<string, number>>;
  p50_ms: number | null;
  p99_ms: number | null;
}

/** An hour of a sample a second. */
const samples_max = 3_600;
/** More rows than a chart has pixels are of no use. */
const rows_max = 900;
/** Beyond these the rarest types are drawn as one: a publisher chooses the names. */
const types_max = 30;
export const otherTypes = 'other';
/** As many of a second's types are kept by name: an hour of all that a publisher can make up would fill the memory. */
const kept_types = 100;

/** What has been sampled within the last hour. */
export class History {
  readonly #samples: Sample[] = [];

  add({ at, rates, latency }: Pick<Now, 'at' | 'rates' | 'latency'>): void {
    // Where the clock has been set back there is no place in a chart for what was sampled "later".
    while (this.#samples.length > 0 && this.#samples.at(-1)!.at >= at) this.#samples.pop();
    this.#samples.push({
      at,
      rates: busiest(rates),
      p50_ms: latency?.p50_ms ?? null,
      p99_ms: latency?.p99_ms ?? null,
    });
    if (this.#samples.length > samples_max) this.#samples.shift();
  }

  /** The last `span_s` seconds in steps of `step_s`; a step is as long as it must be for the number of rows. */
  rates({ span_s, step_s = 1 }: { span_s: number; step_s?: number }): Rates {
    const step = Math.max(step_s, Math.ceil(span_s / rows_max));
    const newest = this.#samples.at(-1)?.at ?? 0;
    const steps = new Map<number, Sample[]>();
    for (const sample of this.#samples) {
      if (sample.at <= newest - span_s) continue;
      const at = Math.floor(sample.at / step) * step;
      const same = steps.get(at);
      if (same === undefined) steps.set(at, [sample]);
      else same.push(sample);
    }
    const rows = [...steps];
    return {
      step_s: step,
      at: rows.map(([at]) => at),
      series: seriesOf(rows.map(([, samples]) => samples)),
      latency_p50_ms: rows.map(([, samples]) => median(samples.map(({ p50_ms }) => p50_ms))),
      latency_p99_ms: rows.map(([, samples]) => highest(samples.map(({ p99_ms }) => p99_ms))),
    };
  }
}

/** The busiest types, and the sum of the others. */
function busiest(rates: Now['rates']): Now['rates'] {
  const ranked = Object.entries(rates);
  if (ranked.length <= kept_types) return rates;
  ranked.sort(([, a], [, b]) => b - a);
  const rest = ranked.splice(kept_types).reduce((sum, [, rate]) => sum + rate, 0);
  const kept = new Map(ranked);
  return Object.fromEntries(kept.set(otherTypes, (kept.get(otherTypes) ?? 0) + rest));
}

/** The mean rate of each type in each step. */
function seriesOf(steps: ReadonlyArray<readonly Sample[]>): Record<string, number[]> {
  const sums = new Map<string, number>();
  for (const samples of steps) {
    for (const { rates } of samples) {
      for (const [type, rate] of Object.entries(rates)) sums.set(type, (sums.get(type) ?? 0) + rate);
    }
  }
  const ranked = [...sums].sort((a, b) => b[1] - a[1]).map(([type]) => type);
  const shown = new Set(ranked.filter((type) => type !== otherTypes).slice(0, types_max));
  const names = ranked.length > shown.size ? [...shown, otherTypes] : [...shown];
  const series = new Map(names.map((name) => [name, steps.map(() => 0)]));
  for (const [row, samples] of steps.entries()) {
    for (const { rates } of samples) {
      for (const [type, rate] of Object.entries(rates)) {
        series.get(shown.has(type) ? type : otherTypes)![row]! += rate / samples.length;
      }
    }
  }
  return Object.fromEntries(series);
}

function median(values: ReadonlyArray<number | null>): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}

function highest(values: ReadonlyArray<number | null>): number | null {
  return values.reduce(
    (most, value) => (most === null || (value !== null && value > most) ? value : most),
    null,
  );
}
