/*
 * Question:   how many events a second does the bus make durable for one publisher?
 * Knobs:      events, warm-up, how much may be unacknowledged.
 * Thresholds: ≥ 150k events/s at full speed; with 256 events outstanding ≥ 90k/s at p99 ≤ 7 ms.
 *
 * No collector: the line is about acknowledgements, and its peers store nothing in SQL either. With 256
 * outstanding the loop is closed, one event published for each receipt, so its latency counts from the call.
 */
import { percentiles } from '../measure/latency.js';
import type { Scenario } from '../scenario.js';

const outstanding = 256;

export const acks: Scenario = {
  name: 'acks',
  question: 'How many events a second does the bus make durable for one publisher?',
  figures: ['acks.rate', 'acks.256.rate', 'acks.256.p50', 'acks.256.p99'],
  async run(bench) {
    const { events, warm_up, outstanding_max } = bench.knobs({
      quick: { events: 150_000, warm_up: 30_000, outstanding_max: 20_000 },
      usual: { events: 500_000, warm_up: 50_000, outstanding_max: 20_000 },
      full: { events: 1_500_000, warm_up: 100_000, outstanding_max: 20_000 },
    });
    const system = await bench.system({ collector: false });
    const publisher = await bench.start('publisher');
    await publisher.ask('open', system.bridge);
    await publisher.ask('flood', { count: warm_up, outstanding_max });
    const flooded = await publisher.ask('flood', { count: events, outstanding_max });
    bench.record('acks.rate', events / ((flooded.acked_ms - flooded.started_ms) / 1_000));

    await publisher.ask('hold', { count: warm_up, outstanding });
    const count = Math.ceil(events / 2);
    const held = await publisher.ask('hold', { count, outstanding });
    const { p50, p99 } = percentiles(held.acks_ms);
    bench.record('acks.256.rate', count / ((held.ended_ms - held.started_ms) / 1_000));
    bench.record('acks.256.p50', p50);
    bench.record('acks.256.p99', p99);
    await publisher.ask('close');
  },
};
