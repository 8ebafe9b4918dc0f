/*
 * Question:   how long is the bus away when it is killed and started again on a large log?
 * Knobs:      bytes of log.
 * Thresholds: ≤ 1 s from its start to the first ack, on 10 GB.
 *
 * kill -9, then at once a new process; a component that was connected before publishes in the same moment. So
 * the figure holds what a component really waits: node's own start, recovery of the log, and connecting again.
 * The last segment is nearly full, the worst case for recovery. The log is in the page cache as far as memory
 * goes; 10 GB are made with --full only.
 */
import { join } from 'node:path';
import { now_ms } from '../measure/clock.js';
import { fillLog } from '../raw/fill-log.js';
import type { Scenario } from '../scenario.js';

const segment_bytes = 64 * 1024 * 1024;
/** So much of the last segment stays empty. */
const spare_bytes = 4 * 1024 * 1024;

export const restart: Scenario = {
  name: 'restart',
  question: 'How long is the bus away when it is killed and started again on a large log?',
  figures: ['restart.first_ack', 'restart.ready'],
  async run(bench) {
    const { log_bytes } = bench.knobs({
      quick: { log_bytes: 2 * segment_bytes },
      usual: { log_bytes: 16 * segment_bytes },
      full: { log_bytes: 160 * segment_bytes },
    });
    const dataDir = bench.folder();
    const { bytes } = fillLog({ dir: join(dataDir, 'log'), bytes: log_bytes - spare_bytes });
    const system = await bench.system({ dataDir, collector: false });
    const publisher = await bench.start('publisher');
    await publisher.ask('open', system.bridge);
    await system.bus.kill();

    const started_ms = now_ms();
    const restarting = system.restartBus().then(now_ms);
    const { acked_ms } = await publisher.ask('one');
    bench.record('restart.first_ack', (acked_ms - started_ms) / 1_000);
    bench.record('restart.ready', ((await restarting) - started_ms) / 1_000);
    const size = (bytes / 1e9).toFixed(1);
    bench.note(`bus restart: on a log of ${size} GB${bytes < 9e9 ? '; 10 GB with --full' : ''}`);
    await publisher.ask('close');
  },
};
