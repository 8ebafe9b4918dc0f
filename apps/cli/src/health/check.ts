import type { Limits } from './limits.js';

/** How one thing is. `unknown`: it could not be told. */
export type Status = 'ok' | 'warning' | 'critical' | 'unknown';

/** What `bitten check` exits with, as Nagios and those after it expect. */
export const exitCodeOf: Readonly<Record<Status, number>> = { ok: 0, warning: 1, critical: 2, unknown: 3 };

/** A number that was measured. Its name is that of the metric, without `bitten_check_`. */
export interface Measure {
  name: string;
  help: string;
  unit: 's' | 'B' | '';
  value: number;
  /** Where there are several of a kind: which one. */
  of?: { label: string; value: string };
  limits?: Limits;
}

/** What came of one check. */
export interface Check {
  name: string;
  status: Status;
  /** In one line: what was found, and what to do where something is wrong. */
  text: string;
  measures: readonly Measure[];
}

const bySeverity: readonly Status[] = ['ok', 'unknown', 'warning', 'critical'];

/** The worst of some. What is known to be wrong weighs more than what could not be told. */
export function worstOf(statuses: readonly Status[]): Status {
  const worst = Math.max(0, ...statuses.map((status) => bySeverity.indexOf(status)));
  return bySeverity[worst]!;
}

/** How a value stands to its limits; the limit itself counts as reached. */
export function judge(value: number, { warn, crit, isBelow }: Limits): Status {
  const reaches = (limit: number | null) => limit !== null && (isBelow ? value <= limit : value >= limit);
  if (reaches(crit)) return 'critical';
  return reaches(warn) ? 'warning' : 'ok';
}
