import { showDuration } from './duration.js';
import type { Rule } from './types.js';
import type { Condition, LifecycleFault } from './when.js';

const faults: Readonly<Record<LifecycleFault, (within: string) => string>> = {
  not_executed: (within) => `fire {{key}} has not been executed within ${within}`,
  executed_twice: () => 'fire {{key}} has been executed {{value}} times',
  executed_without_fire: (within) => `fire {{key}} was executed, and nobody has given it (${within})`,
  executed_late: () => 'fire {{key}} was executed {{value}} s after its signal had expired',
};

/** The message of a rule that brings none: a template, as `Message` takes it. */
export function describeCondition({ when, per }: Rule): string {
  const whose = per === null ? '' : ' ({{key}})';
  switch (when.kind) {
    case 'match':
      return `{{event_type}}${whose}`;
    case 'rate':
      return `{{value}} ${listed(when.types)}${whose} within ${showDuration(when.within_s)}, ${expected(when)}`;
    case 'value':
      return `${when.function} of ${when.value}${whose} is {{value}}, ${expected(when)}`;
    case 'lifecycle':
      return faults[when.fault](showDuration(when.within_s));
    case 'system':
      return `${when.figure} is {{value}}, ${expected(when)}`;
  }
}

function listed(types: readonly string[]): string {
  return types.join(' or ');
}

function expected({ above, below }: Extract<Condition, { above: number | null }>): string {
  return above === null ? `expected at least ${below}` : `expected at most ${above}`;
}
