import type { MetricFamily } from './types.js';

/** Facts as Prometheus reads them, once and without a server: for a file of its textfile collector. */
export async function metricsText<Facts>(
  families: ReadonlyArray<MetricFamily<Facts>>,
  facts: Facts,
): Promise<string> {
  const { Metrics } = await import('./metrics.js');
  return new Metrics({ facts: () => facts, families }, []).text();
}
