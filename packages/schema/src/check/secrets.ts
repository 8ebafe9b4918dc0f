import type { Issue } from '../errors.js';
import { issues_max } from '../limits.js';
import { pathOf } from './found.js';
import { redactSecrets } from './redact.js';
import { isSecretKey, isTelling, knownInnocent } from './secret-keys.js';

/**
 * Whether anything in an object, or in the JSON text it was parsed from, stands under a key that looks like a
 * secret's. `JSON.parse` drops all but the last of a key's members, and the log keeps the text. The walk is
 * recursive: the caller has made sure that the text is not nested too deep.
 */
export function holdsSecret(value: object, text: string): boolean {
  const keys = countKeys(value);
  return keys === secretSeen || (hasMoreColons(text, keys) && redactSecrets(text) !== text);
}

const secretSeen = -1;

/** How many keys there are, of all objects together; `secretSeen` where one is a secret's. */
function countKeys(value: object): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      const inner = typeof item === 'object' && item !== null ? countKeys(item) : 0;
      if (inner === secretSeen) return secretSeen;
      count += inner;
    }
    return count;
  }
  for (const key in value) {
    count += 1;
    const field = (value as Record<string, unknown>)[key];
    if (!knownInnocent.has(key) && isSecretKey(key) && isTelling(field)) return secretSeen;
    if (typeof field === 'object' && field !== null) {
      const inner = countKeys(field);
      if (inner === secretSeen) return secretSeen;
      count += inner;
    }
  }
  return count;
}

/**
 * Where a text has as many colons after keys as the value has keys, no member was dropped. Nearly always it has,
 * and counting them is a fraction of what a search for names costs. Some within a string only cost that search.
 */
function hasMoreColons(text: string, max: number): boolean {
  let colons = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    // Before that of a member stands a quote or space; the one in `12:30` or `https://` is none.
    const before = text.charCodeAt(at - 1);
    if (before === 34 || before <= 32) colons += 1;
    if (colons > max) return true;
  }
  return false;
}

/**
 * One issue for each such key, at most 20, with the names and never the values; one without a path where the text
 * alone holds the secret.
 */
export function secretIssues(value: object): Issue[] {
  const issues: Issue[] = [];
  collect(value, [], issues);
  return issues.length > 0 ? issues : [{ path: '', ...secretFound }];
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
