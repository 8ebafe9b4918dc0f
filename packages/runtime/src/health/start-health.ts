import type { Health, HealthOptions } from './types.js';

const nothing: Health = { port: null, durations: () => undefined, stop: async () => {} };

/**
 * Serves `/metrics`, `/healthz` and `/readyz` of an app on a port of loopback. With `port: null` nothing is loaded:
 * an app without it starts as fast and stays as small as if this were not here. Never throws: what keeps it from being
 * served is said in the log, and the app runs without it.
 */
export async function startHealth<Facts>(options: HealthOptions<Facts>): Promise<Health> {
  const { port, log } = options;
  if (port === null) return nothing;
  try {
    const { serveHealth } = await import('./serve-health.js');
    return await serveHealth({ ...options, port });
  } catch (error) {
    log.warn({ err: error }, 'metrics and health are not served');
    return nothing;
  }
}
