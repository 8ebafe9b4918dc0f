import { showDuration } from './duration.js';
import type { Rule } from './types.js';
import type { Condition, LifecycleFault } from './when.js';

const faults: Readonly<Record<LifecycleFault, (within: string) => string>> = {
  not_executed: (within) => `a fire without an execution within ${within}`,
  executed_twice: () => 'a fire executed more than once',
  executed_without_fire: (within) => `an execution without a fire (${within})`,
  executed_late: () => 'an execution after its signal had expired',
};

/** The condition of a rule in words, for whoever reads a list of rules. */
export function describeRule({ when, per, for_s, cooldown_s, during }: Rule): string {
  const parts = [
    conditionOf(when),
    per === null ? '' : `for each ${per}`,
    during === null ? '' : 'at its hours',
    for_s === 0 ? '' : `for ${showDuration(for_s)}`,
    cooldown_s === 0 ? '' : `then quiet for ${showDuration(cooldown_s)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function conditionOf(when: Condition): string {
  const where = 'where' in when && when.where !== null ? ` where ${when.where}` : '';
  switch (when.kind) {
    case 'match':
      return `each ${when.types.join(' or ')}${where}`;
    case 'rate': {
      const within = `${when.types.join(' or ')} within ${showDuration(when.within_s)}${where}`;
      if (when.below === 1) return `no ${within}`;
      return when.above === null ? `fewer than ${when.below} ${within}` : `more than ${when.above} ${within}`;
    }
    case 'value': {
      const within = when.within_s === null ? '' : ` within ${showDuration(when.within_s)}`;
      return `${when.function} of ${when.value} of ${when.types.join(' or ')}${where}${within} ${limitOf(when)}`;
    }
    case 'lifecycle':
      return faults[when.fault](showDuration(when.within_s));
    case 'system':
      return `${when.figure} ${limitOf(when)}`;
  }
}

function limitOf({ above, below }: { above: number | null; below: number | null }): string {
  return above === null ? `below ${below}` : `above ${above}`;
}
