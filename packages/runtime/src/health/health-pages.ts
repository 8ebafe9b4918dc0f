import { Metrics } from './metrics.js';
import { healthPages } from './pages.js';
import { ProcessMetrics } from './process-metrics.js';
import type { HealthOptions } from './types.js';

/** `/metrics`, `/healthz` and `/readyz` for an app that serves pages of its own, and these among them. */
export interface HealthPages {
  fetch(request: Request): Response | Promise<Response>;
  stop(): void;
}

/** What `openHealthPages` loads. */
export function makeHealthPages<Facts>(
  options: Pick<HealthOptions<Facts>, 'app' | 'version' | 'facts' | 'families' | 'notReady'>,
): HealthPages {
  const ofProcess = new ProcessMetrics(options);
  const metrics = new Metrics(options, ofProcess.families);
  const pages = healthPages({ ...options, metrics });
  return { fetch: (request) => pages.fetch(request), stop: () => ofProcess.stop() };
}
