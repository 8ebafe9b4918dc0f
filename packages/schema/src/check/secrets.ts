import type { Issue } from '../errors.js';
import { issues_max } from '../limits.js';
import { pathOf } from './found.js';
import { isSecretKey, isTelling, knownInnocent } from './secret-keys.js';

/**
 * Whether anything in a value that came from JSON stands under a key that looks like a secret's. The walk is
 * recursive: the caller has made sure that the value is not nested too deep.
 */
export function holdsSecret(value: object): boolean {
  for (const key in value) {
    const field = (value as Record<string, unknown>)[key];
    if (!knownInnocent.has(key) && isSecretKey(key) && isTelling(field)) return true;
    if (typeof field === 'object' && field !== null && holdsSecret(field)) return true;
  }
  return false;
}

/** One issue for each such key, at most 20, with the names and never the values. */
export function secretIssues(value: object): Issue[] {
  const issues: Issue[] = [];
  collect(value, [], issues);
  return issues;
}

function collect(value: object, above: readonly string[], into: Issue[]): void {
  for (const key in value) {
    if (into.length >= issues_max) return;
    const field = (value as Record<string, unknown>)[key];
    const path = [...above, key];
    if (isSecretKey(key) && isTelling(field)) into.push({ path: pathOf(path), ...secretFound });
    else if (typeof field === 'object' && field !== null) collect(field, path, into);
  }
}

/** What is said of such a key, without its value. */
export const secretFound = {
  code: 'secret',
  found: 'a key that looks like a secret (its value is not shown)',
  expected: 'no passwords, tokens or keys: leave the field out',
} as const satisfies Omit<Issue, 'path'>;
