import type { Facts } from './facts.js';
import type { Finding, Look } from './finding.js';
import { lookAtBus } from './looks/bus.js';
import { lookAtClock } from './looks/clock.js';
import { lookAtCollector } from './looks/collector.js';
import { lookAtFolder } from './looks/folder.js';
import { lookAtKeys } from './looks/keys.js';
import { lookAtLeftovers } from './looks/leftovers.js';
import { lookAtMachine } from './looks/machine.js';
import { lookAtPorts } from './looks/ports.js';
import { lookAtCursors, lookAtDeadLetters } from './looks/readers.js';
import { lookAtSettings } from './looks/settings.js';
import { lookAtSpools } from './looks/spools.js';

/** In the order of what stands on what: the first thing that is wrong is the one to mend first. */
const looks: ReadonlyArray<Look<Facts>> = [
  lookAtMachine,
  lookAtSettings,
  lookAtFolder,
  lookAtKeys,
  lookAtPorts,
  lookAtBus,
  lookAtClock,
  lookAtCollector,
  lookAtDeadLetters,
  lookAtCursors,
  lookAtSpools,
  lookAtLeftovers,
];

/** All looks, one after the other. A look that fails is a finding itself: the others still have something to say. */
export async function examine(facts: Facts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const look of looks) {
    try {
      findings.push(...(await look(facts)));
    } catch (error) {
      facts.signal.throwIfAborted();
      const about = look.name.replace(/^lookAt/, '').toLowerCase();
      const text = `could not be looked at: ${error instanceof Error ? error.message : String(error)}`;
      findings.push({ level: 'wrong', about, text, remedy: 'bitten verify says more of the data folder' });
    }
  }
  return findings;
}
