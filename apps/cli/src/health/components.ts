import { UsageError } from '@bitten/runtime';
import { showFound } from '@bitten/schema';
import { parseDuration } from '../time.js';

/** A component whose heartbeat is expected so often. */
export interface ExpectedComponent {
  name: string;
  age_s_max: number;
}

/** `elite_guard:60s`. Throws `UsageError`. */
export function parseComponent(text: string): ExpectedComponent {
  const colon = text.lastIndexOf(':');
  if (colon > 0) {
    return {
      name: text.slice(0, colon),
      age_s_max: parseDuration(text.slice(colon + 1), '--component') / 1000,
    };
  }
  throw new UsageError(
    `--component: expected NAME:DURATION, found ${showFound(text)}`,
    'write --component elite_guard:60s',
  );
}
