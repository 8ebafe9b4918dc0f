import type { Alert, Rule } from '@bitten/alerts';
import { formatTime } from '../time.js';
import { amount } from './amount.js';
import { renderTable } from './table.js';
import { type Colors, harmless } from './terminal.js';

/** One alert as a line: when, how bad, which rule, and what it says. `now` is in Unix seconds. */
export function alertLine(alert: Alert, colors: Colors, now: number): string {
  const { at, severity, state, rule, message, suppressed, correlation_id } = alert;
  const paint = { info: colors.cyan, warning: colors.yellow, critical: colors.red }[severity];
  const word = state === 'resolved' ? colors.green('resolved'.padEnd(8)) : paint(severity.padEnd(8));
  const more = suppressed === 0 ? '' : colors.dim(` (and ${suppressed} before)`);
  const correlation = correlation_id === null ? '' : colors.dim(`  ${harmless(correlation_id)}`);
  const time = formatTime(at, now).padStart(23);
  return `${time}  ${word}  ${rule}: ${harmless(message)}${more}${correlation}`;
}

/** How often each rule had something to say, the silent ones too: those may be the wrong ones. */
export function tallyTable(
  rules: readonly Rule[],
  tally: ReadonlyMap<string, number>,
  width: number,
): string {
  const rows = rules
    .filter(({ when }) => when.kind !== 'system')
    .map(({ name, severity }) => [name, severity, amount(tally.get(name) ?? 0)]);
  return renderTable({ head: ['rule', 'severity', 'alerts'], rows, width, right: ['alerts'] });
}
