import type { StoreStats } from './types.js';

/** Counts what came since a store was opened. */
export class AppliedCounts {
  readonly #clock: () => number;
  readonly #start: number;
  #stored = 0;
  #failed = 0;
  #last: number | null = null;

  /** The clock gives Unix seconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#start = clock();
  }

  add(stored: number, failed: number): void {
    this.#stored += stored;
    this.#failed += failed;
    if (stored > 0) this.#last = this.#clock();
  }

  stats(): StoreStats {
    return {
      events_received: this.#stored + this.#failed,
      events_stored: this.#stored,
      events_failed: this.#failed,
      start_time: this.#start,
      last_event_time: this.#last,
      uptime: Math.max(0, this.#clock() - this.#start),
    };
  }
}

/** Unix seconds. */
export function systemClock(): number {
  return Date.now() / 1000;
}
