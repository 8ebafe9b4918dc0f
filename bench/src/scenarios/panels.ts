/*
 * Question:   how long does each panel of the dashboard wait for a large store?
 * Knobs:      events in the store, and over how long they are spread by their own time; how often each is asked.
 * Thresholds: every panel ≤ 100 ms over 10M events.
 *
 * The store is made by applyEvents alone, from the mix with its own ids, spread over thirty days. Each panel is asked
 * on a connection for reading, at instants from all over the history. 10M events are made at --full only.
 */
import { join } from 'node:path';
import type { Scenario } from '../scenario.js';

const page_events = 4_000;
const history_s = 30 * 86_400;

export const panels: Scenario = {
  name: 'panels',
  question: 'How long does each panel of the dashboard wait for a large store?',
  figures: ['panel.p99'],
  runs_max: 1,
  async run(bench) {
    const { events, rounds } = bench.knobs({
      quick: { events: 50_000, rounds: 5 },
      usual: { events: 1_000_000, rounds: 20 },
      full: { events: 10_000_000, rounds: 20 },
    });
    const file = join(bench.folder(), 'panels.db');
    const sqlite = await bench.start('sqlite');
    await sqlite.ask('buildStore', {
      file,
      events,
      page_events,
      measure_at: events,
      rate_per_s: events / history_s,
    });
    const times = await sqlite.ask('askPanels', { file, rounds });
    const slowest = Object.entries(times).map(([name, each]) => ({ name, worst_ms: Math.max(...each) }));
    slowest.sort((a, b) => b.worst_ms - a.worst_ms);
    // So few questions have no other p99 than the slowest of them.
    bench.record('panel.p99', slowest[0]?.worst_ms ?? Number.NaN);
    const told = slowest.map(({ name, worst_ms }) => `${name} ${worst_ms.toFixed(1)} ms`).join(', ');
    bench.note(`panels, the slowest of ${rounds} each among ${events / 1e6}M events: ${told}`);
  },
};
