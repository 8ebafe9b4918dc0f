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

/** Those within the last so many seconds. What is asked of them is kept up to date: an event costs the same in any. */
export class Window implements Series {
  readonly #within_s: number;
  /** From `#first` on; what is before it has left. */
  #samples: Sample[] = [];
  #first = 0;
  #sum = 0;
  /** How many in a row are not 0, up to the last. */
  #streak = 0;
  /** Those that are the highest, or the lowest, of all that came after them: the first is that of the window. */
  readonly #highest: Sample[] = [];
  readonly #lowest: Sample[] = [];

  constructor(within_s: number, samples: readonly Sample[] = []) {
    this.#within_s = within_s;
    for (const [at, value] of samples) this.#push(at, value);
  }

  add(at: number, value: number): void {
    this.#push(at, value);
    if (this.#count > samples_max) this.#dropFirst();
    this.pass(at);
  }

  pass(at: number): void {
    while (this.#count > 0 && this.#samples[this.#first]![0] <= at - this.#within_s) this.#dropFirst();
    // Now and then, so that memory is given back and no error adds up in the sum.
    if (this.#first < 1_000 || this.#first < this.#count) return;
    this.#samples = this.#samples.slice(this.#first);
    this.#first = 0;
    this.#sum = this.#samples.reduce((sum, [, value]) => sum + value, 0);
  }

  get deadline(): number {
    const oldest = this.#samples[this.#first];
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest[0] + this.#within_s;
  }

  value(name: WindowFunction): number | null {
    if (this.#count === 0) return null;
    const last = this.#samples.at(-1)![1];
    switch (name) {
      case 'last':
        return last;
      case 'min':
        return this.#lowest[0]![1];
      case 'max':
        return this.#highest[0]![1];
      case 'sum':
        return this.#sum;
      case 'mean':
        return this.#sum / this.#count;
      case 'change':
        return last - this.#samples[this.#first]![1];
      case 'drawdown':
        return drawdown(this.#highest[0]![1], last);
      case 'streak':
        return Math.min(this.#streak, this.#count);
    }
  }

  save(): Sample[] {
    return this.#samples.slice(this.#first);
  }

  get #count(): number {
    return this.#samples.length - this.#first;
  }

  #push(at: number, value: number): void {
    const sample: Sample = [at, value];
    this.#samples.push(sample);
    this.#sum += value;
    this.#streak = value === 0 ? 0 : this.#streak + 1;
    while (this.#highest.length > 0 && this.#highest.at(-1)![1] <= value) this.#highest.pop();
    while (this.#lowest.length > 0 && this.#lowest.at(-1)![1] >= value) this.#lowest.pop();
    this.#highest.push(sample);
    this.#lowest.push(sample);
  }

  #dropFirst(): void {
    const gone = this.#samples[this.#first]!;
    this.#first += 1;
    this.#sum -= gone[1];
    if (this.#highest[0] === gone) this.#highest.shift();
    if (this.#lowest[0] === gone) this.#lowest.shift();
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

/** How far a value is below the highest, in percent of that; 0 where there is nothing to fall from. */
function drawdown(peak: number, last: number): number {
  return peak <= 0 ? 0 : ((peak - last) / peak) * 100;
}
