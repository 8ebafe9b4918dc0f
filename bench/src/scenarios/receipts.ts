/*
 * Question:   how long after an event is due does its publisher hold the receipt that it is fsynced?
 * Knobs:      seconds of each rate, seconds of warm-up.
 * Thresholds: at 1k/s p50 ≤ 0.45 ms, p99 ≤ 1.5 ms; at 10k/s p50 ≤ 0.6 ms, p99 ≤ 3.5 ms.
 *             publish() call at 10k/s: p50 ≤ 5 µs, p99 ≤ 50 µs.
 *
 * Bus and collector run, as they do in real life. The loop is open: events come on a schedule whatever becomes
 * of those before, and each counts from when it was due, so that a stall counts for all it held up.
 */
import { type Percentiles, percentiles } from '../measure/latency.js';
import type { Bench, Scenario } from '../scenario.js';
import type { Programs } from '../system/programs.js';

export const receipts: Scenario = {
  name: 'receipts',
  question: 'How long does a publisher wait for a receipt, and how long does its call take?',
  figures: [
    'receipt.1k.p50',
    'receipt.1k.p99',
    'receipt.1k.called.p50',
    'receipt.1k.called.p99',
    'receipt.1k.late.p50',
    'receipt.1k.late.p99',
    'receipt.10k.p50',
    'receipt.10k.p99',
    'receipt.10k.called.p50',
    'receipt.10k.called.p99',
    'receipt.10k.late.p50',
    'receipt.10k.late.p99',
    'call.1k.p50',
    'call.1k.p99',
    'call.p50',
    'call.p99',
  ],
  async run(bench) {
    const { warm_up_s, measured_s } = bench.knobs({
      quick: { warm_up_s: 1, measured_s: 3 },
      usual: { warm_up_s: 2, measured_s: 6 },
      full: { warm_up_s: 5, measured_s: 20 },
    });
    const system = await bench.system();
    const publisher = await bench.start('publisher');
    await publisher.ask('open', system.bridge);
    for (const rate of ['1k', '10k'] as const) {
      const rate_per_s = rate === '1k' ? 1_000 : 10_000;
      await publisher.ask('pace', { rate_per_s, count: rate_per_s * warm_up_s });
      await measure(bench, publisher, { rate, rate_per_s, count: rate_per_s * measured_s });
    }
    await publisher.ask('close');
  },
};

interface Measured {
  rate: '1k' | '10k';
  rate_per_s: number;
  count: number;
}

async function measure(
  bench: Bench,
  publisher: Programs['publisher'],
  { rate, rate_per_s, count }: Measured,
): Promise<void> {
  const paced = await publisher.ask('pace', { rate_per_s, count });
  const { due_ms, called_ms, calls_ms, acked_ms } = paced;
  const between = (from: Float64Array, to: Float64Array): Percentiles =>
    percentiles(to.map((at_ms, index) => at_ms - from[index]!));
  const [due, called, late] = [
    between(due_ms, acked_ms),
    between(called_ms, acked_ms),
    between(due_ms, called_ms),
  ];
  const calls = percentiles(calls_ms);
  bench.record(`receipt.${rate}.p50`, due.p50);
  bench.record(`receipt.${rate}.p99`, due.p99);
  bench.record(`receipt.${rate}.called.p50`, called.p50);
  bench.record(`receipt.${rate}.called.p99`, called.p99);
  bench.record(`receipt.${rate}.late.p50`, late.p50);
  bench.record(`receipt.${rate}.late.p99`, late.p99);
  bench.record(rate === '1k' ? 'call.1k.p50' : 'call.p50', calls.p50 * 1_000);
  bench.record(rate === '1k' ? 'call.1k.p99' : 'call.p99', calls.p99 * 1_000);
}
