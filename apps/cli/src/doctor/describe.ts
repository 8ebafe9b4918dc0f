import { count } from '../show/amount.js';
import { type Colors, harmless } from '../show/terminal.js';
import type { Finding, Level } from './finding.js';

/** Each finding in a line, what to do in the line below, and the sum of it at the end. */
export function describeFindings(findings: readonly Finding[], colors: Colors): string {
  const paint: Record<Level, (text: string) => string> = {
    ok: colors.green,
    warning: colors.yellow,
    wrong: colors.red,
  };
  const wide = Math.max(...findings.map(({ about }) => about.length));
  const indent = ' '.repeat('warning'.length + wide + 4);
  const lines = findings.flatMap(({ level, about, text, remedy }) => [
    `${paint[level](level.padEnd('warning'.length))}  ${about.padEnd(wide)}  ${harmless(text)}`,
    ...(remedy === null ? [] : [`${indent}${colors.bold(harmless(remedy))}`]),
  ]);
  return `${lines.join('\n')}\n\n${sumOf(findings)}\n`;
}

function sumOf(findings: readonly Finding[]): string {
  const of = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [wrong, warnings] = [of('wrong'), of('warning')];
  if (wrong === 0 && warnings === 0) return 'all is well';
  if (wrong === 0) return `all is well, with ${count(warnings, 'warning')}`;
  return `${wrong} wrong, ${count(warnings, 'warning')}`;
}
