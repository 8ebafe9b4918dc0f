import { Metrics } from './metrics.js';
import { healthPages } from './pages.js';
import { ProcessMetrics } from './process-metrics.js';
import { HealthServer } from './server.js';
import type { Health, HealthOptions } from './types.js';

/** What `startHealth` loads where there is a port. */
export async function serveHealth<Facts>(options: HealthOptions<Facts> & { port: number }): Promise<Health> {
  const ofProcess = new ProcessMetrics(options);
  const metrics = new Metrics(options, ofProcess.families);
  const server = new HealthServer({ ...options, pages: healthPages({ ...options, metrics }) });
  await server.start();
  return {
    get port() {
      return server.port;
    },
    durations: (family) => metrics.durations(family),
    stop: async () => {
      ofProcess.stop();
      await server.stop();
    },
  };
}
