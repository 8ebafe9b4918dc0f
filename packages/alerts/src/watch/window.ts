import type { WindowFunction } from '../when.js';

/** Unix seconds and a number; for a streak 1 or 0. */
export type Sample = [at: number, value: number];

/** So many samples of one key are kept; with more in a window the oldest are left out. */
const samples_max = 10_000;

/** The values of one key that count at the moment. */
export interface Series {
  add(at: number, value: number): void;
  /** Forgets what has left the window by then. */
  pass(at: number): void;
  /** When the oldest value leaves; Infinity for never. */
  readonly deadline: number;
  /** Null where there is no value. */
  value(name: WindowFunction): number | null;
  save(): unknown;
}

/** Those within the last so many seconds. */
export class Window implements Series {
  readonly #within_s: number;
  readonly #samples: Sample[];

  constructor(within_s: number, samples: Sample[] = []) {
    this.#within_s = within_s;
    this.#samples = samples;
  }

  add(at: number, value: number): void {
    this.#samples.push([at, value]);
    if (this.#samples.length > samples_max) this.#samples.shift();
    this.pass(at);
  }

  pass(at: number): void {
    let gone = 0;
    while (gone < this.#samples.length && this.#samples[gone]![0] <= at - this.#within_s) gone += 1;
    if (gone > 0) this.#samples.splice(0, gone);
  }

  get deadline(): number {
    const oldest = this.#samples[0];
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest[0] + this.#within_s;
  }

  value(name: WindowFunction): number | null {
    const values = this.#samples.map(([, value]) => value);
    if (values.length === 0) return null;
    return of[name](values);
  }

  save(): Sample[] {
    return this.#samples;
  }
}

/** What there is to know of all of them, since the beginning: the last, the highest, and the 1s since the last 0. */
export interface Summary {
  last: number;
  peak: number;
  streak: number;
}

/** The functions that need no window. */
export const endless: readonly WindowFunction[] = ['last', 'drawdown', 'streak'];

/** All of them since the beginning, of which only a summary is kept. */
export class Since implements Series {
  readonly deadline = Number.POSITIVE_INFINITY;
  #summary: Summary | null;

  constructor(summary: Summary | null = null) {
    this.#summary = summary;
  }

  add(_at: number, value: number): void {
    const { peak, streak } = this.#summary ?? { peak: value, streak: 0 };
    this.#summary = { last: value, peak: Math.max(peak, value), streak: value === 0 ? 0 : streak + 1 };
  }

  pass(): void {}

  value(name: WindowFunction): number | null {
    if (this.#summary === null) return null;
    const { last, peak, streak } = this.#summary;
    if (name === 'streak') return streak;
    return name === 'drawdown' ? drawdown(peak, last) : last;
  }

  save(): Summary | null {
    return this.#summary;
  }
}

const of: Readonly<Record<WindowFunction, (values: number[]) => number>> = {
  last: (values) => values.at(-1)!,
  min: (values) => values.reduce((a, b) => Math.min(a, b)),
  max: highest,
  sum: (values) => values.reduce((a, b) => a + b),
  mean: (values) => values.reduce((a, b) => a + b) / values.length,
  change: (values) => values.at(-1)! - values[0]!,
  drawdown: (values) => drawdown(highest(values), values.at(-1)!),
  streak: (values) => values.length - 1 - values.lastIndexOf(0),
};

/** Not `Math.max(...values)`: ten thousand arguments are too many for some engines. */
function highest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}

/** How far a value is below the highest, in percent of that; 0 where there is nothing to fall from. */
function drawdown(peak: number, last: number): number {
  return peak <= 0 ? 0 : ((peak - last) / peak) * 100;
}
