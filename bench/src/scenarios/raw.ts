/*
 * Question:   what can the parts do alone, on this machine and at this hour?
 * Knobs:      how many writes, round trips, batches and events.
 * Thresholds: none. These are the ceilings that the other figures are read against.
 */
import { percentiles } from '../measure/latency.js';
import { measureCodec } from '../raw/codec.js';
import { measureDisk } from '../raw/disk.js';
import type { Bench, Scenario } from '../scenario.js';

const batch_events = 256;
const batch_bytes = batch_events * 250;
/** As many on the way at once as the bridge has by default. */
const window = 8;

export const raw: Scenario = {
  name: 'raw',
  question: 'What can disk, zeromq.js and JSON do alone?',
  figures: [
    'raw.sync.growing.p50',
    'raw.sync.prealloc.p50',
    'raw.sync.dsync.p50',
    'raw.sync.dsync.p99',
    'raw.round_trip.p50',
    'raw.round_trip.p99',
    'raw.batches',
    'raw.parse',
    'raw.decode',
    'raw.encode',
  ],
  async run(bench) {
    const knobs = bench.knobs({
      quick: { writes: 500, trips: 1_000, batches: 1_000, events: 100_000 },
      usual: { writes: 1_500, trips: 3_000, batches: 6_000, events: 300_000 },
      full: { writes: 5_000, trips: 10_000, batches: 20_000, events: 1_000_000 },
    });
    recordDisk(bench, knobs.writes);
    await recordWire(bench, knobs);
    const { parse, decode, encode } = measureCodec(knobs.events);
    bench.record('raw.parse', parse);
    bench.record('raw.decode', decode);
    bench.record('raw.encode', encode);
  },
};

function recordDisk(bench: Bench, writes: number): void {
  const { growing, prealloc, dsync } = measureDisk(bench.folder(), writes);
  bench.record('raw.sync.growing.p50', growing.p50);
  bench.record('raw.sync.prealloc.p50', prealloc.p50);
  if (dsync === undefined) return;
  bench.record('raw.sync.dsync.p50', dsync.p50);
  bench.record('raw.sync.dsync.p99', dsync.p99);
}

async function recordWire(
  bench: Bench,
  { trips, batches }: { trips: number; batches: number },
): Promise<void> {
  const router = await bench.start('router');
  const dealer = await bench.start('dealer');
  const port = await router.ask('listen');
  await dealer.ask('roundTrips', { port, count: Math.ceil(trips / 5) });
  const { p50, p99 } = percentiles(await dealer.ask('roundTrips', { port, count: trips }));
  bench.record('raw.round_trip.p50', p50);
  bench.record('raw.round_trip.p99', p99);
  const body_bytes = batch_bytes;
  await dealer.ask('batches', { port, count: Math.ceil(batches / 5), body_bytes, window });
  const took_ms = await dealer.ask('batches', { port, count: batches, body_bytes, window });
  bench.record('raw.batches', (batches * batch_events) / (took_ms / 1_000));
}
