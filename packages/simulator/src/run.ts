import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Envelope } from '@bitten/schema';

/** The wall clock, for tests to replace. */
export interface WallClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  sleep(delay_ms: number, signal: AbortSignal | undefined): Promise<void>;
}

export interface RunOptions {
  /** Events a second. */
  rate_per_s: number;
  /** Called for each event. What it returns is not waited for; what it throws ends the run. */
  publish: (event: Envelope) => void;
  /** Ends the run. */
  signal?: AbortSignal;
  /** Ends the run after so many events. */
  count?: number;
  clock?: WallClock;
}

/** Timers come to the millisecond and late; shorter pauses than this cost more than they are worth. */
const pause_ms_min = 2;
/** After so many events without a pause others get a turn: who was asleep catches up without blocking. */
const burst_max = 250;

const wallClock: WallClock = {
  now: () => performance.now(),
  sleep: (delay_ms, signal) =>
    sleepFor(delay_ms, undefined, signal && { signal }).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    }),
};

/**
 * Publishes at a rate. How many are due is always counted from the start, so that late timers make a burst and
 * not a drift.
 */
export async function runAtRate(next: () => Envelope, options: RunOptions): Promise<number> {
  const { rate_per_s, publish, signal, count = Number.POSITIVE_INFINITY, clock = wallClock } = options;
  const started = clock.now();
  let published = 0;
  while (!signal?.aborted && published < count) {
    const due = Math.min(count, Math.floor(((clock.now() - started) / 1000) * rate_per_s) + 1);
    const burst_end = Math.min(due, published + burst_max);
    while (published < burst_end && !signal?.aborted) {
      publish(next());
      published += 1;
    }
    if (published >= count) break;
    // What is due already is waited for by nobody; else until the next is due, but never for nothing: rounding
    // may put that moment a hair into the past.
    const wait_ms = started + (published / rate_per_s) * 1000 - clock.now();
    await clock.sleep(published < due ? 0 : Math.max(pause_ms_min, wait_ms), signal);
  }
  return published;
}
