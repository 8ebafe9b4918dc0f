import type { Random } from './random.js';
import type { SymbolSpec } from './symbols.js';

/** The walk leans one way for a while, at most by so many pips a step: what a signal engine can see in it. */
const lean_pips_max = 0.055;
/** Probability, at each step, that the lean changes. */
const turn_share = 1 / 500;
/** Deviation of one step of the walk, in pips. */
const step_pips = 1;
/** Share of the way back to the anchor at each step: the walk wanders, and never away for good. */
const pull = 0.0005;

/**
 * The price of one symbol: a random walk in whole points, because a price is a decimal number and sums of
 * fractions would soon show digits that no broker quotes.
 */
export class Price {
  readonly spec: SymbolSpec;
  readonly #anchor: number;
  #walk: number;
  #lean_pips = 0;
  #bid: number;
  #ask: number;

  constructor(spec: SymbolSpec) {
    this.spec = spec;
    this.#anchor = spec.anchor * 10 ** spec.digits;
    this.#walk = this.#anchor;
    this.#bid = Math.round(this.#walk);
    this.#ask = this.#bid + spec.spread_points;
  }

  /** In points. */
  get bid(): number {
    return this.#bid;
  }

  /** In points; always above the bid. */
  get ask(): number {
    return this.#ask;
  }

  /** Which way it leans now. */
  get lean(): 'BUY' | 'SELL' {
    return this.#lean_pips < 0 ? 'SELL' : 'BUY';
  }

  /** One tick on. */
  step(random: Random): void {
    const { pip_points, spread_points } = this.spec;
    if (random.chance(turn_share)) this.#lean_pips = (2 * random.float() - 1) * lean_pips_max;
    this.#walk +=
      (random.gaussian() * step_pips + this.#lean_pips) * pip_points + (this.#anchor - this.#walk) * pull;
    // Far below its anchor a price could reach nothing; a tenth of it is the end of the walk.
    this.#walk = Math.max(this.#walk, this.#anchor / 10);
    this.#bid = Math.round(this.#walk);
    this.#ask = this.#bid + Math.max(1, Math.round(spread_points * (0.7 + 0.6 * random.float())));
  }

  /** Points as a price. */
  toPrice(points: number): number {
    return Number((points / 10 ** this.spec.digits).toFixed(this.spec.digits));
  }

  /** Points as pips, to a tenth. */
  toPips(points: number): number {
    return Math.round((points * 10) / this.spec.pip_points) / 10;
  }
}
