import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@bitten/schema';
import { type FetchReply, splitEvents } from '@bitten/transport';
import type { Now } from '../api/index.js';

export interface LatencyProbeOptions {
  /** The next event that is appended, from now on; waits for it. */
  nextEvent: (signal: AbortSignal) => Promise<FetchReply>;
  /** The next position of the store. */
  storedUpTo: () => number;
  /** Unix seconds. */
  now?: () => number;
  signal: AbortSignal;
}

const pause_ms = 1_000;
const window_s = 60;
/** Beyond that the store is far behind, which is told elsewhere, and the sample would be of a time long past. */
const watch_s_max = 60;
/** An event that says of itself that it is older was imported, or replayed by its publisher: its age is no delay. */
const age_s_max = 3_600;

/**
 * Measures from the publisher's own timestamp to the row in the store, as somebody sees it who asks the store: once a
 * second it takes the next event that is appended and looks until the row is there. Each look comes after a tenth of
 * the time that has passed, so a sample is wrong by a tenth and a millisecond or two at most.
 *
 * It is one event a second, not all of them: what befalls one in a thousand it rarely sees.
 */
export class LatencyProbe {
  readonly #o: Required<LatencyProbeOptions>;
  readonly #samples: Array<{ at: number; ms: number }> = [];

  constructor(options: LatencyProbeOptions) {
    this.#o = { now: () => Date.now() / 1000, ...options };
    void this.#run();
  }

  /** Of the last minute; null where nothing was stored in it. */
  latency(): Now['latency'] {
    const at = this.#o.now();
    // One that lies ahead is of before the clock was set back.
    const isNow = (sample: { at: number }) => sample.at >= at - window_s && sample.at <= at;
    while (this.#samples.length > 0 && !isNow(this.#samples[0]!)) this.#samples.shift();
    if (this.#samples.length === 0) return null;
    const sorted = this.#samples.map(({ ms }) => ms).sort((a, b) => a - b);
    return { p50_ms: quantile(sorted, 0.5), p99_ms: quantile(sorted, 0.99), events: sorted.length };
  }

  async #run(): Promise<void> {
    const { signal } = this.#o;
    while (!signal.aborted) {
      try {
        await this.#measure();
      } catch {
        // The bus or the store is away: others say so.
      }
      await sleep(pause_ms, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #measure(): Promise<void> {
    const { nextEvent, storedUpTo, now, signal } = this.#o;
    const { runs, body } = await nextEvent(signal);
    const [run] = runs;
    if (run === undefined) return;
    const [seq, , appendedAt] = run;
    const { timestamp } = JSON.parse(splitEvents(body)[0]!) as Envelope;
    if (appendedAt - timestamp > age_s_max) return;
    while (!signal.aborted && storedUpTo() <= seq) {
      const waited_s = now() - appendedAt;
      if (waited_s > watch_s_max) return;
      await sleep(Math.max(1, waited_s * 100), undefined, { signal, ref: false });
    }
    const at = now();
    // Clocks of two machines may differ; nothing is stored before it happens.
    this.#samples.push({ at, ms: Math.max(0, at - timestamp) * 1000 });
  }
}

function quantile(sorted: readonly number[], q: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
  return Math.round(value * 100) / 100;
}
