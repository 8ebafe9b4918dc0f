/*
 * Question:   how long after an event is due does a subscriber in another process have it in hand?
 * Knobs:      seconds, seconds of warm-up.
 * Thresholds: at 10k events/s p50 ≤ 1 ms, p99 ≤ 5 ms.
 *
 * The subscriber uses bridge.subscribe with no filter, beside the collector. Both processes read one clock that
 * counts from boot. An event that does not arrive fails the run.
 */
import { latencies, percentiles } from '../measure/latency.js';
import type { Scenario } from '../scenario.js';

const rate_per_s = 10_000;

export const live: Scenario = {
  name: 'live',
  question: 'How long does an event take from publish() to a live subscriber?',
  figures: ['live.p50', 'live.p99'],
  async run(bench) {
    const { warm_up_s, measured_s } = bench.knobs({
      quick: { warm_up_s: 1, measured_s: 2 },
      usual: { warm_up_s: 2, measured_s: 6 },
      full: { warm_up_s: 5, measured_s: 20 },
    });
    const system = await bench.system();
    const reader = await bench.start('reader');
    const publisher = await bench.start('publisher');
    await reader.ask('listen', system.bridge);
    await publisher.ask('open', system.bridge);
    await publisher.ask('pace', { rate_per_s, count: rate_per_s * warm_up_s });
    const paced = await publisher.ask('pace', { rate_per_s, count: rate_per_s * measured_s });
    const { first_seq, at_ms } = await reader.ask('heard', { seq: paced.seqs.at(-1)! });
    const { p50, p99 } = percentiles(latencies(paced, (seq) => at_ms[seq - first_seq]));
    bench.record('live.p50', p50);
    bench.record('live.p99', p99);
    await publisher.ask('close');
  },
};
