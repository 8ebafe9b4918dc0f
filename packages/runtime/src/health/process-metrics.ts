import { readdirSync } from 'node:fs';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricFamily } from './types.js';

/** Ten wake-ups a second, within native code: an idle process must stay idle. */
const resolution_ms = 100;

/**
 * What is told of every process. Our own, for three of prom-client's default gauges are named `_total`, which
 * `promtool check metrics` refuses.
 */
export class ProcessMetrics {
  readonly families: ReadonlyArray<MetricFamily<void>>;
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: resolution_ms });
  readonly #startedAt = Date.now() / 1000 - process.uptime();

  constructor({ app, version }: { app: string; version: string }) {
    this.#delay.enable();
    const info = { app, version, node: process.version };
    this.families = [
      {
        type: 'gauge',
        name: 'bitten_process_info',
        help: 'Which program this is, always 1.',
        labels: Object.keys(info),
        read: () => [{ labels: info, value: 1 }],
      },
      gauge('start_time_seconds', 'When the process started, Unix time.', () => this.#startedAt),
      gauge('resident_memory_bytes', 'Memory of the process that is in RAM.', () =>
        process.memoryUsage.rss(),
      ),
      {
        type: 'counter',
        name: 'bitten_process_cpu_seconds_total',
        help: 'CPU time of the process, user and system.',
        read: cpuSeconds,
      },
      gauge('open_descriptors', 'Files and sockets the process holds open.', openDescriptors),
      gauge(
        'event_loop_delay_max_seconds',
        'Longest time the event loop was late since this was asked for last.',
        () => this.#takeDelayMax(),
      ),
    ];
  }

  stop(): void {
    this.#delay.disable();
  }

  #takeDelayMax(): number {
    // Node counts the whole time between two looks, and of an empty histogram the highest number.
    const late_s = this.#delay.count === 0 ? 0 : this.#delay.max / 1e9 - resolution_ms / 1e3;
    this.#delay.reset();
    return Math.max(0, late_s);
  }
}

function gauge(name: string, help: string, read: () => number | null): MetricFamily<void> {
  return { type: 'gauge', name: `bitten_process_${name}`, help, read };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Null where the system does not tell. */
function openDescriptors(): number | null {
  try {
    // Reading the folder takes one itself.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return null;
  }
}
