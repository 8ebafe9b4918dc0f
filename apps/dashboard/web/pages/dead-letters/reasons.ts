import type { ApiIssue } from '../../../src/api/common.js';
import type { DeadLetterRow } from '../../../src/api/dead-letters.js';

/** One reason, in a line: `data.confidence: found "high", expected a number`. */
export function sayIssue({ path, found, expected }: ApiIssue): string {
  return `${fieldOf(path)}: found ${found}, expected ${expected}`;
}

/** A field by its name; what is wrong with the event as a whole has none. */
export function fieldOf(path: string): string {
  return path === '' ? 'the event' : path;
}

/** In a list: the first reason, and how many more there are. */
export function summaryOf(issues: readonly ApiIssue[]): string {
  const [first] = issues;
  if (first === undefined) return 'no reason was told';
  const more = issues.length - 1;
  return more === 0 ? sayIssue(first) : `${sayIssue(first)}, and ${more} more`;
}

/** How often a field is the reason, among the dead letters that are listed. */
export interface FieldCount {
  path: string;
  letters: number;
}

/** A field that is wrong in several ways in one dead letter counts once there. */
export function fieldCounts(letters: readonly DeadLetterRow[], most = 8): FieldCount[] {
  const counts = new Map<string, number>();
  for (const { issues } of letters) {
    for (const path of new Set(issues.map((issue) => issue.path))) {
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([path, count]) => ({ path, letters: count }))
    .sort((a, b) => b.letters - a.letters || (a.path < b.path ? -1 : 1))
    .slice(0, most);
}

/** The reasons of one dead letter, a field after the other, in the order in which they were found. */
export function byField(issues: readonly ApiIssue[]): Array<{ path: string; issues: ApiIssue[] }> {
  const fields = new Map<string, ApiIssue[]>();
  for (const issue of issues) {
    const known = fields.get(issue.path);
    if (known === undefined) fields.set(issue.path, [issue]);
    else known.push(issue);
  }
  return [...fields].map(([path, found]) => ({ path, issues: found }));
}

/** The statuses a list can be narrowed to; `all` is none of them. */
export const statuses = ['open', 'retried', 'corrected', 'discarded'] as const;

const meanings: Readonly<Record<string, string>> = {
  open: 'waits for somebody',
  retried: 'driven again as it was',
  corrected: 'driven again, corrected',
  discarded: 'given up',
};

export function sayStatus(status: string): string {
  return meanings[status] ?? status;
}

/** All there are; where a status is not counted there is none of it. */
export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Where it came in, in words. */
export function sayDoor(door: string): string {
  if (door === '5571') return '5571, where nobody waits for a receipt';
  return door === '5572' ? '5572, with a receipt' : door;
}
