import type { ScannedTable } from './row-scan.js';

/** Something in the store that is not what the log says, or a file that is not sound. */
export interface StoreFinding {
  /**
   * `file`: the database itself is damaged. `schema`: a table, view, index or trigger is not ours. `changed`,
   * `missing`, `extra`: rows that the log says otherwise. `count`: what `event_stats` says of a type. `position`: the
   * store claims to be further than its log. `foreign`: it follows another log. `life`: what it says of a signal, a
   * fire or a dead letter is not what the events say.
   */
  kind: 'file' | 'schema' | 'changed' | 'missing' | 'extra' | 'count' | 'position' | 'foreign' | 'life';
  table: ScannedTable | null;
  /** The rows concerned, `from` up to, not including, `to`; null where it is not about rows. */
  from: number | null;
  to: number | null;
  found: string;
  expected: string;
}

/** A page of a log and what the store has for it, both summed up. */
export interface RangeSum {
  log: 'events' | 'dead_letters';
  from: number;
  to: number;
  /** CRC-32 over the rows, as 8 hexadecimal digits. */
  log_crc: string;
  store_crc: string;
  log_rows: number;
  store_rows: number;
}

export interface StoreReport {
  file: string;
  log_id: string | null;
  /** The next positions to apply, when the look began; null where they cannot be read. */
  cursors: { events: number; dead_letters: number } | null;
  rows: { events: number; dead_letters: number } | null;
  /** Rows that were compared with the log, special rows included. */
  compared: number;
  /** CRC-32 over all of the compared rows, in order: equal for two stores that say the same. */
  crc: string | null;
  /** Rows of events and dead letters that the log no longer holds. */
  older: { events: number; dead_letters: number };
  /** Positions that are known to be missing, from `gaps`. */
  gaps: Array<{ log: string; from: number; to: number; why: string }>;
  findings: StoreFinding[];
  /** Findings beyond the first thousand, counted only. */
  more_findings: number;
}

const findings_max = 1_000;

/** Adds a finding; rows side by side with the same trouble become one. */
export function addFinding(report: StoreReport, finding: StoreFinding): void {
  const last = report.findings.at(-1);
  const joins =
    last !== undefined &&
    last.to !== null &&
    last.to === finding.from &&
    last.kind === finding.kind &&
    last.table === finding.table &&
    last.found === finding.found;
  if (joins) last.to = finding.to;
  else if (report.findings.length < findings_max) report.findings.push(finding);
  else report.more_findings += 1;
}
