import { readFileSync } from 'node:fs';

/** The text of a rule file for the first day, to be changed by whoever uses it. */
export function starterRules(): string {
  return readFileSync(new URL('../starter.yaml', import.meta.url), 'utf8');
}
