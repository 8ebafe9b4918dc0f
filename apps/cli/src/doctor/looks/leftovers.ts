import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findHolder } from '@bitten/runtime';
import type { Facts } from '../facts.js';
import { type Finding, warning } from '../finding.js';

/** Files that work which was cut short, or its owner's caution, has left behind. */
export function lookAtLeftovers({ settings: { dataDir }, holders }: Facts): Finding[] {
  const isRebuilding = holders.rebuild?.liveness === 'alive';
  return namesIn(dataDir).flatMap((name) => {
    const path = join(dataDir, name);
    if (/\.db\.rebuilt$/.test(name) && !isRebuilding) {
      const text = `${path} is whole and waits to be put in place`;
      return [warning('leftovers', text, 'bitten rebuild; or start the collector, which takes it')];
    }
    if (/\.db\.rebuild(-journal)?$/.test(name) && !isRebuilding) {
      const text = `${path} is left of a rebuild that was cut short`;
      return [warning('leftovers', text, `bitten rebuild; or if the store is well: rm ${path}`)];
    }
    if (/\.db\.old-/.test(name)) {
      const text = `${path} is an old store that was kept`;
      return [warning('leftovers', text, `rm ${path}    (when nobody needs it any more)`)];
    }
    if (/^bench-\w+$/.test(name) && !isHeld(path)) {
      const text = `${path} is left of a benchmark that was killed`;
      return [warning('leftovers', text, `rm -r ${path}`)];
    }
    return [];
  });
}

/** A benchmark that goes on has a bus there. */
function isHeld(dir: string): boolean {
  return findHolder({ dir, role: 'bus' })?.liveness === 'alive';
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
