/*
 * Question:   how large is the store, and how fast are the newest events of a type found in a large one?
 * Knobs:      events in the store, at how many its size is taken, rounds of queries.
 * Thresholds: ≤ 220 MB a million events; newest 50 of a type among 10M ≤ 5 ms (p99).
 *
 * The store is made by applyEvents alone, from the mix with its own ids and times, a thousand events a second of
 * its clock. 10M events are made at --full only; the other scales say how many they have.
 */
import { join } from 'node:path';
import { percentiles } from '../measure/latency.js';
import type { Scenario } from '../scenario.js';

const page_events = 4_000;

export const storeSize: Scenario = {
  name: 'store-size',
  question: 'How large is the store, and how fast are the newest events of a type found in it?',
  figures: ['size.hot', 'size.with_wal', 'newest.p50', 'newest.p99', 'newest.sql.p50'],
  runs_max: 1,
  async run(bench) {
    const { events, measure_at, rounds } = bench.knobs({
      quick: { events: 100_000, measure_at: 100_000, rounds: 20 },
      usual: { events: 2_000_000, measure_at: 1_000_000, rounds: 100 },
      full: { events: 10_000_000, measure_at: 1_000_000, rounds: 200 },
    });
    const file = join(bench.folder(), 'store.db');
    const sqlite = await bench.start('sqlite');
    const sizes = await sqlite.ask('buildStore', { file, events, page_events, measure_at });
    const millions = sizes.events / 1e6;
    bench.record('size.hot', sizes.checkpointed / millions);
    // The write-ahead log is bounded and does not grow with the store: scaled up it would mean nothing.
    if (millions === 1) bench.record('size.with_wal', sizes.with_wal);
    else bench.note(`store size: from ${measure_at} events, scaled up to a million`);

    const { query_ms, sql_ms } = await sqlite.ask('newestOf', { file, rounds });
    const query = percentiles(query_ms);
    bench.record('newest.p50', query.p50);
    bench.record('newest.p99', query.p99);
    bench.record('newest.sql.p50', percentiles(sql_ms).p50);
    if (events < 10_000_000) bench.note(`newest 50: among ${events / 1e6}M events; 10M with --full`);
  },
};
