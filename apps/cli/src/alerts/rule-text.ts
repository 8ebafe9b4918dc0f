import { readFileSync } from 'node:fs';
import { UsageError } from '@bitten/runtime';

/** The text of a rule file. Throws `UsageError`. */
export function ruleText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${file}: ${why}`, 'bitten alerts starter > alerts.yaml makes one to begin with');
  }
}
