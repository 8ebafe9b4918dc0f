import { amount } from '../show/amount.js';
import { formatDuration } from '../time.js';
import type { ImportResult } from './tally.js';

/** What an import came to, for people. */
export function describeResult(result: ImportResult, isDryRun: boolean): string {
  const { file, format, records, stored, already_there, dead_letters, reasons, notes, duration_s } = result;
  const unit = format === 'bars' ? 'bars in both files' : 'lines read';
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
  for (const note of notes) lines.push(`  ${note}`);
  return `${lines.join('\n')}\n`;
}

const indent = ' '.repeat(13);

function row(count: number, what: string): string {
  return `${amount(count).padStart(11)}  ${what}`;
}
