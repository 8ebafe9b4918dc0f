/*
 * Question:   how long after an event is due can a reader of the SQLite file see its row?
 * Knobs:      seconds, seconds of warm-up, pause between two looks.
 * Thresholds: at 10k events/s p50 ≤ 10 ms, p99 ≤ 50 ms.
 *
 * A read-only connection looks again and again at how far the store has come. An event counts as visible when
 * it was seen, not when it could have been: every figure is late by up to one pause, which is printed.
 */
import { latencies, percentiles } from '../measure/latency.js';
import { StoreWatch, seenAt } from '../measure/store-watch.js';
import type { Scenario } from '../scenario.js';

const rate_per_s = 10_000;
const look_every_ms = 1;

export const visible: Scenario = {
  name: 'visible',
  question: 'How long does an event take from publish() to a row that a reader can see?',
  figures: ['visible.p50', 'visible.p99', 'visible.poll'],
  async run(bench) {
    const { warm_up_s, measured_s } = bench.knobs({
      quick: { warm_up_s: 1, measured_s: 2 },
      usual: { warm_up_s: 2, measured_s: 6 },
      full: { warm_up_s: 5, measured_s: 20 },
    });
    const system = await bench.system();
    const publisher = await bench.start('publisher');
    await publisher.ask('open', system.bridge);
    await publisher.ask('pace', { rate_per_s, count: rate_per_s * warm_up_s });
    const watch = new StoreWatch(system.database);
    let last: number | undefined;
    const watching = watch.follow(() => last, look_every_ms);
    const paced = await publisher.ask('pace', { rate_per_s, count: rate_per_s * measured_s });
    last = paced.seqs.at(-1)!;
    const sightings = await watching;
    watch.close();
    const { p50, p99 } = percentiles(latencies(paced, (seq) => seenAt(sightings, seq)));
    bench.record('visible.p50', p50);
    bench.record('visible.p99', p99);
    bench.record('visible.poll', percentiles(sightings.pauses_ms).p99);
    await publisher.ask('close');
  },
};
