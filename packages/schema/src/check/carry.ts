import type { Issue } from '../errors.js';
import { issues_max, limits } from '../limits.js';
import { pathOf, showFound } from './found.js';
import { isSecretKey, isTelling } from './secret-keys.js';
import { secretFound } from './secrets.js';

interface Walk {
  /** Values still to be seen before the event is certainly too large: each takes a byte of JSON at least. */
  values_left: number;
  /** Made when the first thing is wrong; nearly always nothing is. */
  faults: Fault[] | undefined;
  /** Whether one of the faults is a secret. */
  secret: boolean;
}

interface Fault {
  /** Innermost key first: they are added on the way out. */
  keys: string[];
  issue: Omit<Issue, 'path'>;
}

/**
 * What of a value JSON could not carry to the other side: numbers that are not finite (JSON makes them null),
 * BigInt (an exception), functions and symbols (left out), maps and sets (empty objects), nesting deeper than
 * the limit, a circle. What has a `toJSON` is taken as the text it makes. And what it should not carry: secrets.
 * Where there is one nothing else is told, because what is found elsewhere might show its value.
 *
 * Safe for any value: the recursion ends at the depth limit, the number of steps at the size limit.
 */
export function carryIssues(value: unknown): Issue[] {
  const walk: Walk = { values_left: limits.event_bytes_max, faults: undefined, secret: false };
  visit(value, 1, walk);
  const faults = walk.faults ?? [];
  const told = walk.secret ? faults.filter(({ issue }) => issue.code === 'secret') : faults;
  return told.slice(0, issues_max).map(({ keys, issue }) => ({ ...issue, path: pathOf(keys.reverse()) }));
}

function visit(value: unknown, depth: number, walk: Walk): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return;
    case 'number':
      if (!Number.isFinite(value)) report(walk, value, 'a finite number');
      return;
    case 'object':
      if (value !== null) visitObject(value, depth, walk);
      return;
    default:
      report(walk, value, 'a value that JSON can carry');
  }
}

function visitObject(value: object, depth: number, walk: Walk): void {
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    if (!(value instanceof Date)) visitMade(value, depth, walk);
    return;
  }
  if (value instanceof Map || value instanceof Set) {
    report(walk, value, 'an object or array: JSON cannot carry a Map or Set');
    return;
  }
  if (depth > limits.event_depth_max) {
    addFault(walk, {
      code: 'depth',
      found: 'deeper nesting, or a circle',
      expected: `at most ${limits.event_depth_max} levels`,
    });
    return;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    const field = fields[key];
    walk.values_left -= 1;
    if (walk.values_left < 0) {
      reportSize(walk);
      return;
    }
    const before = walk.faults?.length ?? 0;
    if (isSecretKey(key) && isTelling(field)) {
      addFault(walk, secretFound);
      walk.secret = true;
    } else visit(field, depth + 1, walk);
    if (walk.faults !== undefined) {
      for (let at = before; at < walk.faults.length; at += 1) walk.faults[at]?.keys.push(key);
      if (walk.faults.length >= issues_max) return;
    }
  }
}

/** What an object's own `toJSON` makes may hold secrets; one that throws is for the encoder to report. */
function visitMade(value: object, depth: number, walk: Walk): void {
  let made: unknown;
  try {
    made = JSON.parse(JSON.stringify(value));
  } catch {
    return;
  }
  visit(made, depth, walk);
}

function report(walk: Walk, value: unknown, expected: string): void {
  addFault(walk, { code: 'json', found: showFound(value), expected });
}

function reportSize(walk: Walk): void {
  addFault(walk, {
    code: 'size',
    found: 'more',
    expected: `at most ${limits.event_bytes_max} bytes of JSON`,
  });
}

function addFault(walk: Walk, issue: Omit<Issue, 'path'>): void {
  walk.faults ??= [];
  walk.faults.push({ keys: [], issue });
}
