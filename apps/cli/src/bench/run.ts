import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@bitten/storage/store';
import { now_ms } from './clock.js';
import { Components } from './components.js';
import { type Quantiles, quantilesOf } from './quantiles.js';
import type { Measured } from './system.js';
import type { TrafficType } from './traffic.js';

export interface BenchOptions {
  msgs: number;
  size_bytes: number;
  clients: number;
  subscribers: number;
  batch: number;
  rate_per_s: number | null;
  type: TrafficType;
  run: string;
}

/** What came out. */
export interface BenchResult extends BenchOptions {
  bytes_mean: number;
  failed: number;
  why: string | null;
  acked_s: number;
  acked_per_s: number;
  receipts: Quantiles;
  /** Null without subscribers. */
  live: Quantiles | null;
  /** Until the last subscriber had seen the last event. */
  delivered_s: number | null;
  /** Null where the store cannot be seen, or did not come to hold everything. */
  stored_s: number | null;
  stored_per_s: number | null;
}

/** Publishes, follows, and takes the times. Throws `BenchError`, and `AbortError` at Ctrl-C. */
export async function runBench(
  options: BenchOptions,
  { measured, signal }: { measured: Measured; signal: AbortSignal },
): Promise<BenchResult> {
  // While its bus was starting nobody listened for it.
  signal.throwIfAborted();
  const components = new Components();
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([measure(options, { components, measured, signal }), interrupted]);
  } finally {
    components.kill();
  }
}

async function measure(
  options: BenchOptions,
  { components, measured, signal }: { components: Components; measured: Measured; signal: AbortSignal },
): Promise<BenchResult> {
  const { msgs, clients, run, type } = options;
  const { bus } = measured;
  const types = type === 'mix' ? null : [type];
  const subscribers = await Promise.all(
    Array.from({ length: options.subscribers }, () =>
      components.start({ role: 'subscriber', bus, count: msgs, run, types }),
    ),
  );
  const rate_per_s = options.rate_per_s === null ? null : options.rate_per_s / clients;
  const publishers = await Promise.all(
    Array.from({ length: clients }, (_, client) =>
      components.start({
        role: 'client',
        bus,
        ...options,
        client,
        count: shareOf(msgs, clients, client),
        rate_per_s,
      }),
    ),
  );
  for (const publisher of publishers) publisher.begin();
  const published = await Promise.all(publishers.map(({ result }) => result));
  const last_seq = Math.max(...published.map((result) => result.last_seq));
  const storedAt = measured.database === null ? null : untilStored(measured.database, last_seq, signal);
  const begun_ms = Math.min(...published.map((result) => result.begun_ms));
  const failed = published.reduce((sum, result) => sum + result.failed, 0);
  // What was refused nobody will see.
  const followed = failed === 0 ? await Promise.all(subscribers.map(({ result }) => result)) : [];
  const stored_ms = await storedAt;
  const acked_s = (Math.max(...published.map((result) => result.ended_ms)) - begun_ms) / 1000;
  const stored_s = stored_ms === null ? null : (stored_ms - begun_ms) / 1000;
  return {
    ...options,
    bytes_mean: published[0]?.bytes_mean ?? 0,
    failed,
    why: published.find(({ why }) => why !== null)?.why ?? null,
    acked_s,
    acked_per_s: (msgs - failed) / acked_s,
    receipts: quantilesOf(published.map(({ receipts_us }) => receipts_us)),
    live: followed.length === 0 ? null : quantilesOf(followed.map(({ live_us }) => live_us)),
    delivered_s:
      followed.length === 0 ? null : (Math.max(...followed.map((each) => each.ended_ms)) - begun_ms) / 1000,
    stored_s,
    stored_per_s: stored_s === null ? null : (msgs - failed) / stored_s,
  };
}

/** The rest of the division goes to the first ones. */
function shareOf(msgs: number, clients: number, client: number): number {
  return Math.floor(msgs / clients) + (client < msgs % clients ? 1 : 0);
}

const patience_ms = 120_000;
const look_ms = 2;

/** When the store had the last event; null where it does not come to have it. */
async function untilStored(file: string, last_seq: number, signal: AbortSignal): Promise<number | null> {
  const store = openStore({ file, readonly: true });
  try {
    const deadline = now_ms() + patience_ms;
    while (store.cursor('events') <= last_seq) {
      if (now_ms() > deadline) return null;
      await sleep(look_ms, undefined, { signal });
    }
    return now_ms();
  } finally {
    store.close();
  }
}
