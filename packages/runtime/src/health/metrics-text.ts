import type { MetricFamily } from './types.js';

/** Facts as Prometheus reads them, once and without a server: for a file of its textfile collector. */
export async function metricsText<Facts>(
  families: ReadonlyArray<MetricFamily<Facts>>,
  facts: Facts,
): Promise<string> {
  const { Metrics } = await import('./metrics.js');
  // The registry of what a process says of itself is empty here, and an empty one is a line end.
  return (await new Metrics({ facts: () => facts, families }, []).text()).trimStart();
}
