import { join } from 'node:path';
import type { Life, Watch } from '../load/load.js';
import { checkDeadLetters } from './check-dead-letters.js';
import { checkPromises } from './check-promises.js';
import { checkSeen } from './check-seen.js';
import { checkStore } from './check-store.js';
import { Findings, type Verdict } from './verdict.js';

/** What there is to judge by. All processes have ended, and the collector had stored everything. */
export interface Evidence {
  dataDir: string;
  /** As the load was given them. */
  seed: string;
  padding_max: number;
  lives: readonly Life[];
  watches: readonly Watch[];
}

/**
 * Holds what is on disk against what everybody was promised and has written down. It changes nothing and throws
 * nothing away: what it cannot read is itself a finding.
 */
export function check({ dataDir, seed, padding_max, lives, watches }: Evidence): Verdict {
  const findings = new Findings();
  const owners = checkStore(findings, { dataDir, seed, padding_max });
  checkPromises(findings, lives, owners);
  checkDeadLetters(findings, join(dataDir, 'bitten_events.db'), lives);
  checkSeen(findings, { watches, owners, end: findings.counts.stored + 1 });
  return findings.verdict();
}
