/*
 * Question:   how fast does one reader get through the log, every event parsed?
 * Knobs:      events in the log.
 * Thresholds: ≥ 300k events/s.
 *
 * A subscription from the start, to a handler that does nothing. Beside it the same by fetch and JSON.parse:
 * what the subscription itself costs. The log has just been written and is in the page cache.
 */
import { join } from 'node:path';
import { fillLog } from '../raw/fill-log.js';
import type { Scenario } from '../scenario.js';

export const replay: Scenario = {
  name: 'replay',
  question: 'How fast does one reader get through the log, every event parsed?',
  figures: ['replay.rate', 'replay.fetch'],
  async run(bench) {
    const { events } = bench.knobs({
      quick: { events: 100_000 },
      usual: { events: 500_000 },
      full: { events: 2_000_000 },
    });
    const dataDir = bench.folder();
    fillLog({ dir: join(dataDir, 'log'), events });
    const system = await bench.system({ dataDir, collector: false });
    const reader = await bench.start('reader');
    const warm_up = Math.ceil(events / 10);
    await reader.ask('replay', { bridge: system.bridge, until: warm_up });
    const took_ms = await reader.ask('replay', { bridge: system.bridge, until: events });
    bench.record('replay.rate', events / (took_ms / 1_000));
    const fetched_ms = await reader.ask('fetch', { port: system.port, until: events });
    bench.record('replay.fetch', events / (fetched_ms / 1_000));
  },
};
