import { join } from 'node:path';
import { storeFile } from '@bitten/vitals';
import type { Now } from '../api/index.js';
import type { BusAccess } from '../bus/access.js';
import type { QueryPool } from '../queries/pool.js';
import { StoreNow } from '../queries/store-now.js';
import { History } from './history.js';
import { Hub } from './hub.js';
import { LatencyProbe } from './latency.js';
import { LogFeed } from './log-feed.js';
import { Sampler } from './sampler.js';

export interface LiveOptions {
  dataDir: string;
  bus: BusAccess;
  queries: Pick<QueryPool, 'ask'>;
  /** How the alerts are; null where they have never run. */
  askAlerts: () => Promise<Now['alerts']>;
}

/** A busy bus may be slow to answer; a look that takes longer is one in which it did not. */
const stats_ms_max = 2_000;
/** How long the bus may wait for something to tell. */
const wait_ms = 30_000;
/** Events that come within this time come in one page. */
const linger_ms = 100;

/** What the dashboard knows of the present, and who is told. */
export class Live {
  readonly hub = new Hub();
  readonly history = new History();
  readonly feed: LogFeed;
  readonly sampler: Sampler;
  readonly #store: StoreNow;
  readonly #abort = new AbortController();

  constructor({ dataDir, bus, queries, askAlerts }: LiveOptions) {
    const file = join(dataDir, storeFile);
    this.#store = new StoreNow(file);
    const probe = new LatencyProbe({
      nextEvent: (signal) =>
        bus.ask((client) => client.fetch({ from: 'end', wait_ms, max_bytes: 1 }, { signal })),
      storedUpTo: () => this.#store.get().cursor('events'),
      signal: this.#abort.signal,
    });
    this.feed = new LogFeed({
      fetch: (from, signal) => bus.ask((client) => client.fetch({ from, wait_ms, linger_ms }, { signal })),
      end: async () => (await bus.ask((client) => client.hello())).next,
    });
    this.sampler = new Sampler({
      askBus: () =>
        bus.ask(async (client) => {
          const options = { timeout_ms: stats_ms_max };
          const [{ log_id }, stats] = await Promise.all([client.hello(options), client.stats(options)]);
          return { log_id, stats };
        }),
      askStore: () => queries.ask('summary'),
      askHeartbeats: () => queries.ask('heartbeats', { file }),
      askAlerts,
      latency: () => probe.latency(),
      onSample: (now) => {
        this.history.add(now);
        this.hub.tell('now', now);
      },
    });
  }

  /** Resolves after the first look at everything. */
  start(): Promise<void> {
    return this.sampler.start();
  }

  stop(): void {
    this.#abort.abort();
    this.sampler.stop();
    this.feed.close();
    this.hub.close();
    this.#store.close();
  }
}
