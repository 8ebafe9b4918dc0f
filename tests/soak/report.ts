import type { SoakOptions } from './options.js';
import type { SoakResult } from './run.js';
import { bounds, type RoleReport, told, type Verdict } from './verdict.js';

const head = [
  'process',
  'lives',
  'longest',
  'RSS max',
  'RSS slope MB/h',
  '',
  'heap MB/h',
  'descr. max',
  'descr. /h',
  '',
  'last-first life',
  'CPU',
  'lag max',
];

/** What a person wants to know at the end. */
export function describeSoak(result: SoakResult, verdict: Verdict, options: SoakOptions): string {
  const { duration_s, published, throttled_s, idle, storedEvents, storeIsBounded } = result;
  const rate = Math.round(published / Math.max(duration_s, 1));
  const lines = [
    `${minutes(duration_s)} at ${rate} events/s (asked for ${options.rate}), ${published} events published, seed ${options.seed}`,
    ...(throttled_s > 1
      ? [`publishers held back for ${Math.round(throttled_s)} s: more was unacknowledged than they may keep`]
      : []),
    '',
    ...table([head, ...verdict.roles.map(rowOf)]),
    '',
    `slopes: of the longest life after five minutes of warm-up, by least squares, ± one standard error (widened, as neighbouring samples agree); flat: below ${bounds.rss_mb_per_hour} MB/h and ${bounds.descriptors_per_hour} descriptors/h by two errors`,
    `log at most ${mb(verdict.log_mb_max)} (retention ${mb(options.logBytesMax / 1e6)}), store at most ${mb(verdict.store_mb_max)} ${storeIsBounded ? `(retention ${mb(options.storeBytesMax / 1e6)})` : '(kept whole)'} with ${storedEvents} events at the end, write-ahead log at most ${mb(verdict.wal_mb_max)}`,
    ...idle.map(({ role, cpu_share }) => `at rest ${role} takes ${(cpu_share * 100).toFixed(2)} % of a core`),
    '',
    verdict.broken.length === 0 ? 'every bound held' : `${verdict.broken.length} broken:`,
    ...verdict.broken.map((sentence) => `- ${sentence}`),
  ];
  return `${lines.join('\n')}\n`;
}

function rowOf(report: RoleReport): string[] {
  const { rss, descriptors, laterLife_mb, lag_max } = report;
  return [
    report.role,
    String(report.lives),
    minutes(report.longest_s),
    `${report.rss_mb_max.toFixed(0)} MB`,
    told(rss.slope),
    rss.verdict,
    told(report.heap),
    String(report.descriptors_max),
    told(descriptors.slope),
    descriptors.verdict,
    laterLife_mb === null ? '' : `${laterLife_mb >= 0 ? '+' : ''}${laterLife_mb.toFixed(0)} MB`,
    `${(report.cpu_share * 100).toFixed(1)} %`,
    lag_max === null ? '' : String(lag_max),
  ];
}

function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`;
}

function mb(value: number): string {
  return `${value.toFixed(0)} MB`;
}
