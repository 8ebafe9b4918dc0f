import { setImmediate as turn } from 'node:timers/promises';
import type { ReplayTimers } from '../../src/timers.js';

/** A clock that stands still until it is moved. */
export class SimulatedTime implements ReplayTimers {
  #now_ms = 5_000;
  #timers: Array<{ at: number; callback: () => void }> = [];

  readonly now = (): number => this.#now_ms;

  readonly startTimer = (callback: () => void, delay_ms: number): { stop: () => void } => {
    const timer = { at: this.#now_ms + delay_ms, callback };
    this.#timers.push(timer);
    return { stop: () => this.#remove(timer) };
  };

  /** When the next timer rings, from now on; null where none is set. */
  get next_ms(): number | null {
    return this.#timers.length === 0 ? null : Math.min(...this.#timers.map(({ at }) => at)) - this.#now_ms;
  }

  /** Moves on, ringing each timer at its time, and lets what it woke come to rest. */
  async advance(ms: number): Promise<void> {
    const end = this.#now_ms + ms;
    await settle();
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#remove(next);
      this.#now_ms = Math.max(this.#now_ms, next.at);
      next.callback();
      await settle();
    }
    this.#now_ms = end;
  }

  /** Time goes by while everybody is busy: no timer rings. */
  lose(ms: number): void {
    this.#now_ms += ms;
  }

  #remove(timer: { at: number; callback: () => void }): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }
}

/** Lets every promise that can go on do so. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await turn();
}
