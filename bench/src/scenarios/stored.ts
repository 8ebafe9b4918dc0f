/*
 * Question:   how many events a second go all the way, from publish() to a row that a reader can see?
 * Knobs:      events, warm-up, how much may be unacknowledged, events in a transaction of the raw insert.
 * Thresholds: ≥ 120k events/s, and ≥ 0.85 of better-sqlite3 alone inserting the same rows; RSS ≤ 200 MB.
 *
 * One publisher, bus and collector, every receipt awaited. Time runs from the first publish() to the moment a
 * read-only connection sees the last row. Afterwards, with nothing else running, the very rows of that store are
 * inserted again by bare statements: the ratio is of this run, on this machine, at this hour.
 */
import { join } from 'node:path';
import { percentiles } from '../measure/latency.js';
import { StoreWatch } from '../measure/store-watch.js';
import { memory } from '../measure/usage.js';
import type { Bench, Scenario } from '../scenario.js';
import type { System } from '../system/system.js';

/** What the collector's pages come to at full speed: 1 MiB of events. */
const page_events = 4_000;

export const stored: Scenario = {
  name: 'stored',
  question: 'How many events a second go from publish() to a row that a reader can see?',
  figures: [
    'stored.rate',
    'stored.of_raw',
    'stored.acks',
    'rss.full.bus',
    'rss.full.collector',
    'rss.full.publisher',
    'rss.full.largest',
    'raw.insert',
    'raw.apply',
    'call.full.p50',
    'call.full.p99',
  ],
  async run(bench) {
    const knobs = bench.knobs({
      quick: { events: 100_000, warm_up: 20_000, outstanding_max: 20_000 },
      usual: { events: 400_000, warm_up: 40_000, outstanding_max: 20_000 },
      full: { events: 1_000_000, warm_up: 100_000, outstanding_max: 20_000 },
    });
    const system = await bench.system();
    const rate = await measureEndToEnd(bench, system, knobs);
    bench.record('stored.rate', rate);

    await system.stop();
    const sqlite = await bench.start('sqlite');
    const into = join(bench.folder(), 'raw.db');
    const { events, took_ms } = await sqlite.ask('copyRows', { from: system.database, into, page_events });
    const rawRate = events / (took_ms / 1_000);
    bench.record('raw.insert', rawRate);
    bench.record('stored.of_raw', rate / rawRate);

    const file = join(bench.folder(), 'apply.db');
    const applied = await sqlite.ask('applyAlone', { file, events: knobs.events, page_events });
    bench.record('raw.apply', knobs.events / (applied.took_ms / 1_000));
  },
};

interface Knobs {
  events: number;
  warm_up: number;
  outstanding_max: number;
}

async function measureEndToEnd(bench: Bench, system: System, knobs: Knobs): Promise<number> {
  const { events, warm_up, outstanding_max } = knobs;
  const publisher = await bench.start('publisher');
  await publisher.ask('open', system.bridge);
  const watch = new StoreWatch(system.database);
  const { last_seq: warmed } = await publisher.ask('flood', { count: warm_up, outstanding_max });
  await watch.stored(warmed);

  const flooded = await publisher.ask('flood', { count: events, outstanding_max });
  const visible_ms = await watch.stored(flooded.last_seq);
  watch.close();
  bench.record('stored.acks', events / ((flooded.acked_ms - flooded.started_ms) / 1_000));
  const calls = percentiles(flooded.calls_ms);
  bench.record('call.full.p50', calls.p50 * 1_000);
  bench.record('call.full.p99', calls.p99 * 1_000);
  recordPeaks(bench, system, publisher.pid);
  await publisher.ask('close');
  return events / ((visible_ms - flooded.started_ms) / 1_000);
}

function recordPeaks(bench: Bench, system: System, publisher: number): void {
  const peaks = [system.bus.pid, system.collector!.pid, publisher].map((pid) => memory(pid)?.peak);
  const [bus, collector, own] = peaks;
  if (bus === undefined || collector === undefined || own === undefined) return;
  bench.record('rss.full.bus', bus);
  bench.record('rss.full.collector', collector);
  bench.record('rss.full.publisher', own);
  bench.record('rss.full.largest', Math.max(bus, collector, own));
}
