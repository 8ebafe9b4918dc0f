import { amount } from '../show/amount.js';
import { formatDuration } from '../time.js';
import type { Comparison } from './format.js';
import type { ImportResult } from './tally.js';

/** What an import came to, for people. */
export function describeResult(result: ImportResult, isDryRun: boolean): string {
  const { file, format, records, stored, already_there, dead_letters, reasons, notes, duration_s } = result;
  const unit = units[format] ?? 'lines read';
  const lines = [file, row(records, unit)];
  if (isDryRun) {
    for (const [type, count] of Object.entries(result.by_type ?? {}))
      lines.push(row(count, `would be ${type}`));
    lines.push(row(dead_letters, 'would go to the dead letters'));
  } else {
    const rate =
      stored > 0 ? `  in ${formatDuration(duration_s)}, ${amount(Math.round(stored / duration_s))}/s` : '';
    lines.push(
      row(stored, `stored${rate}`),
      row(already_there, 'already there'),
      row(dead_letters, 'dead letters'),
    );
  }
  for (const reason of reasons) lines.push(`${indent}${reason}`);
  if (dead_letters > reasons.length) lines.push(`${indent}and ${amount(dead_letters - reasons.length)} more`);
  if (dead_letters > 0 && !isDryRun) lines.push(`${indent}to see and correct them: bitten dead-letters list`);
  for (const note of notes) lines.push(`  ${note}`);
  if (result.comparison !== undefined) lines.push(...describeComparison(result.comparison, result));
  return `${lines.join('\n')}\n`;
}

const units: Readonly<Record<string, string>> = { bars: 'bars in both files', 'python-db': 'rows read' };

/** By type; a day only where the counts of it differ. */
function describeComparison(
  { days, isEqual }: Comparison,
  { records, compared_after_s = 0 }: ImportResult,
): string[] {
  const rate = amount(Math.round(records / Math.max(compared_after_s, 0.001)));
  const lines = [
    `  all in the store after ${formatDuration(compared_after_s)}, ${rate} rows/s; by type and day:`,
  ];
  for (const type of new Set(days.map(({ event_type }) => event_type))) {
    const of = days.filter(({ event_type }) => event_type === type);
    const sum = (field: 'rows' | 'stored' | 'dead_letters') =>
      of.reduce((total, day) => total + day[field], 0);
    const refused = sum('dead_letters') === 0 ? '' : `, ${amount(sum('dead_letters'))} dead letters`;
    lines.push(
      row(sum('rows'), `${type} on ${amount(of.length)} days: ${amount(sum('stored'))} stored${refused}`),
    );
  }
  const unequal = days.filter(({ rows, stored, dead_letters }) => rows !== stored + dead_letters);
  for (const { event_type, day, rows, stored, dead_letters } of unequal) {
    lines.push(
      `${indent}${event_type} on ${day}: ${rows} rows, ${stored} stored, ${dead_letters} dead letters`,
    );
  }
  lines.push(isEqual ? '  every row is stored or a dead letter' : '  NOT EQUAL: see the days named');
  return lines;
}

const indent = ' '.repeat(13);

function row(count: number, what: string): string {
  return `${amount(count).padStart(11)}  ${what}`;
}
