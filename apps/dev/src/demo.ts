import type { EventBridge } from '@bitten/bridge';
import { createMarket } from '@bitten/simulator';

interface DemoOptions {
  bridge: EventBridge;
  seed: string;
  rate_per_s: number;
  signal: AbortSignal;
}

/** Lets a simulated market publish as real components would, until the signal. */
export async function runDemo({ bridge, seed, rate_per_s, signal }: DemoOptions): Promise<void> {
  // Each run has ids of its own, so that yesterday's demo in the same log is another market.
  const run = Date.now().toString(36);
  // The market's clock moves before each event: the first is then stamped now, and not in the future.
  const start_time = Date.now() / 1000 - 1 / rate_per_s;
  const market = createMarket({ seed, run, rate_per_s, start_time });
  await market.run({ rate_per_s, signal, publish: (event) => void bridge.publish(event) });
}
