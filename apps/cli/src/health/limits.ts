import { formatQuantity, parseQuantity, UsageError } from '@bitten/runtime';
import { showFound } from '@bitten/schema';
import { parseDuration } from '../time.js';

/** From where on something is a warning, and from where on it is critical; null for never. */
export interface Limits {
  warn: number | null;
  crit: number | null;
  /** Whether it is the small values that are bad. */
  isBelow: boolean;
}

type LimitUnit = 'events' | 'letters' | 'seconds' | 'bytes';

interface LimitRule extends Limits {
  unit: LimitUnit;
  description: string;
}

function above(unit: LimitUnit, warn: number | null, crit: number | null, description: string): LimitRule {
  return { unit, warn, crit, isBelow: false, description };
}

const mebi = 1024 ** 2;

/** What is measured against a limit, by the name of its flags: `--lag-warn`, `--lag-crit`. */
export const limitRules = {
  lag: above('events', 10_000, 100_000, 'how far the store is behind the log'),
  'lag-time': above('seconds', 30, 300, 'for how long the oldest event that is not stored has waited'),
  'dead-letters': above('letters', 1, 1_000, 'dead letters nobody has dealt with'),
  disk: { ...above('bytes', 5 * 1024 * mebi, 1024 * mebi, 'free space, where less is worse'), isBelow: true },
  newest: above('seconds', null, null, 'age of the newest event in the store, where something always comes'),
  hold: above('events', 100_000, 1_000_000, 'how far a cursor that holds retention back is behind'),
  spool: above('bytes', 1, 512 * mebi, 'what components keep because they could not deliver it'),
  rss: above('bytes', 300 * mebi, 600 * mebi, 'memory of the bus'),
} as const satisfies Record<string, LimitRule>;

type LimitName = keyof typeof limitRules;
export type AllLimits = Readonly<Record<LimitName, Limits>>;

/** The flags of all limits, each with its default in words. */
export function limitFlags(): Array<{ flags: string; description: string }> {
  return Object.entries<LimitRule>(limitRules).flatMap(([name, { unit, warn, crit, description }]) => {
    const placeholder = `<${unit === 'seconds' ? 'duration' : unit === 'bytes' ? 'bytes' : 'number'}>`;
    const flag = (level: string, limit: number | null, text: string) => ({
      flags: `--${name}-${level} ${placeholder}`,
      description: `${text} (default: ${shown(limit, unit)})`,
    });
    return [flag('warn', warn, `${description}: warning`), flag('crit', crit, `${description}: critical`)];
  });
}

/** The limits that count, from what commander has found. Throws `UsageError`. */
export function readLimits(options: Readonly<Record<string, unknown>>): AllLimits {
  const entries = Object.entries<LimitRule>(limitRules).map(([name, rule]) => {
    const read = (level: 'warn' | 'crit') => {
      const text = options[camel(`${name}-${level}`)];
      return typeof text === 'string' ? parseLimit(text, `--${name}-${level}`, rule.unit) : rule[level];
    };
    return [name, { warn: read('warn'), crit: read('crit'), isBelow: rule.isBelow }];
  });
  return Object.fromEntries(entries) as AllLimits;
}

function parseLimit(text: string, flag: string, unit: LimitUnit): number | null {
  if (text === 'none') return null;
  if (unit === 'seconds') return parseDuration(text, flag) / 1000;
  const value = parseQuantity(text, unit === 'bytes' ? 'bytes' : undefined);
  if (value !== undefined && Number.isFinite(value) && value >= 0) return value;
  const example = unit === 'bytes' ? '512MiB or 5GiB' : '10000';
  throw new UsageError(
    `${flag}: expected a number of ${unit}, found ${showFound(text)}`,
    `write ${example}, or none`,
  );
}

function shown(limit: number | null, unit: LimitUnit): string {
  if (limit === null) return 'none';
  return unit === 'seconds' || unit === 'bytes' ? formatQuantity(limit, unit) : String(limit);
}

/** As commander names an option. */
function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
