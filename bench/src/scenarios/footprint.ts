/*
 * Question:   what do the processes cost when little happens?
 * Knobs:      seconds of each state, and before each.
 * Thresholds: idle ≤ 0.5 % of a core each; at 1k events/s bus ≤ 20 % at no linger and ≤ 8 % at 2 ms, collector
 *             ≤ 8 %; RSS at 1k events/s ≤ 90 MB each.
 *
 * CPU time of the whole process, all threads, from /proc, over the interval. Linux only.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, memory } from '../measure/usage.js';
import type { Bench, Scenario } from '../scenario.js';
import type { System } from '../system/system.js';

const rate_per_s = 1_000;

export const footprint: Scenario = {
  name: 'footprint',
  question: 'What do bus and collector cost when idle and at 1k events/s?',
  figures: [
    'cpu.idle.bus',
    'cpu.idle.collector',
    'cpu.1k.bus',
    'cpu.1k.collector',
    'cpu.1k.linger.bus',
    'cpu.1k.linger.collector',
    'rss.1k.bus',
    'rss.1k.collector',
    'rss.1k.publisher',
    'rss.1k.largest',
  ],
  runs_max: 2,
  async run(bench) {
    const { settle_s, idle_s, busy_s } = bench.knobs({
      quick: { settle_s: 1, idle_s: 3, busy_s: 2 },
      usual: { settle_s: 2, idle_s: 10, busy_s: 6 },
      full: { settle_s: 5, idle_s: 30, busy_s: 20 },
    });
    const system = await bench.system();
    await sleep(settle_s * 1_000);
    const idle = await cpuShares(system, idle_s);
    if (idle === undefined) return;
    bench.record('cpu.idle.bus', idle.bus);
    bench.record('cpu.idle.collector', idle.collector);

    const prompt = await atRate(bench, system, { linger_ms: 0, settle_s, busy_s });
    bench.record('cpu.1k.bus', prompt.bus);
    bench.record('cpu.1k.collector', prompt.collector);

    const lingering = await atRate(bench, system, { linger_ms: 2, settle_s, busy_s });
    bench.record('cpu.1k.linger.bus', lingering.bus);
    bench.record('cpu.1k.linger.collector', lingering.collector);
  },
};

interface Shares {
  bus: number;
  collector: number;
}

/** CPU of both over the next seconds, percent of a core. */
async function cpuShares(system: System, seconds: number): Promise<Shares | undefined> {
  const read = (): [number, number] | undefined => {
    const [bus, collector] = [cpuSeconds(system.bus.pid), cpuSeconds(system.collector!.pid)];
    return bus === undefined || collector === undefined ? undefined : [bus, collector];
  };
  const [before, begun] = [read(), performance.now()];
  await sleep(seconds * 1_000);
  const [after, took_s] = [read(), (performance.now() - begun) / 1_000];
  if (before === undefined || after === undefined) return undefined;
  return {
    bus: (100 * (after[0] - before[0])) / took_s,
    collector: (100 * (after[1] - before[1])) / took_s,
  };
}

/** The same at 1k events/s of one publisher; its memory too, where it does not linger. */
async function atRate(
  bench: Bench,
  system: System,
  { linger_ms, settle_s, busy_s }: { linger_ms: number; settle_s: number; busy_s: number },
): Promise<Shares> {
  const publisher = await bench.start('publisher');
  await publisher.ask('open', { ...system.bridge, linger_ms });
  const pacing = publisher.ask('pace', { rate_per_s, count: rate_per_s * (busy_s + settle_s + 1) });
  await sleep(settle_s * 1_000);
  const shares = await cpuShares(system, busy_s);
  if (linger_ms === 0) recordMemory(bench, system, publisher.pid);
  await pacing;
  await publisher.ask('close');
  await publisher.stop();
  return shares!;
}

function recordMemory(bench: Bench, system: System, publisher: number): void {
  const [bus, collector, own] = [system.bus.pid, system.collector!.pid, publisher].map(
    (pid) => memory(pid)!.rss,
  ) as [number, number, number];
  bench.record('rss.1k.bus', bus);
  bench.record('rss.1k.collector', collector);
  bench.record('rss.1k.publisher', own);
  // Not the publisher: in it are a thread that keeps time and what is noted of each event.
  bench.record('rss.1k.largest', Math.max(bus, collector));
}
