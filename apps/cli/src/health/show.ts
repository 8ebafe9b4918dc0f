import { type MetricFamily, metricsText } from '@bitten/runtime';
import { type Colors, harmless } from '../show/terminal.js';
import { type Check, exitCodeOf, type Measure, type Status, worstOf } from './check.js';

export const formats = ['text', 'nagios', 'json', 'prometheus'] as const;
export type Format = (typeof formats)[number];

/** What there is to show: the checks, and when they were made (Unix seconds). */
export interface Outcome {
  at: number;
  checks: readonly Check[];
}

export function statusOf({ checks }: Outcome): Status {
  return worstOf(checks.map(({ status }) => status));
}

/** A line for each check, for people. */
export function asText(outcome: Outcome, colors: Colors): string {
  const paint: Record<Status, (text: string) => string> = {
    ok: colors.green,
    warning: colors.yellow,
    critical: colors.red,
    unknown: colors.magenta,
  };
  const wide = Math.max(...outcome.checks.map(({ name }) => name.length));
  const lines = outcome.checks.map(
    ({ name, status, text }) =>
      `${paint[status](status.padEnd('critical'.length))}  ${name.padEnd(wide)}  ${harmless(text)}`,
  );
  return `${lines.join('\n')}\n`;
}

export function asJson(outcome: Outcome): string {
  const status = statusOf(outcome);
  return `${JSON.stringify({ status, code: exitCodeOf[status], at: outcome.at, checks: outcome.checks })}\n`;
}

/** The plugin output of Nagios: what is wrong, the performance data, and below all checks. */
export function asNagios(outcome: Outcome): string {
  const status = statusOf(outcome);
  const wrong = outcome.checks.filter((check) => check.status === 'warning' || check.status === 'critical');
  // What could not be told, for the reason that is told already, only makes the line longer.
  const bad = wrong.length > 0 ? wrong : outcome.checks.filter((check) => check.status !== 'ok');
  const summary =
    bad.length === 0
      ? `${outcome.checks.length} checks`
      : bad.map(({ name, text }) => `${name}: ${text}`).join('; ');
  const data = outcome.checks.flatMap(({ measures }) => measures.map(performanceData));
  const details = outcome.checks.map(
    (check) => `${check.status.toUpperCase()} ${check.name}: ${plain(check.text)}`,
  );
  return `BITTEN ${status.toUpperCase()} - ${plain(summary)} | ${data.join(' ')}\n${details.join('\n')}\n`;
}

/** Metrics for the textfile collector of Prometheus' node exporter. */
export async function asPrometheus(outcome: Outcome): Promise<string> {
  const names = new Map<string, Measure>();
  for (const { measures } of outcome.checks) for (const one of measures) names.set(one.name, one);
  const families: Array<MetricFamily<Outcome>> = [
    {
      type: 'gauge',
      name: 'bitten_check_status',
      help: 'How it is: 0 ok, 1 warning, 2 critical, 3 unknown.',
      labels: ['check'],
      read: ({ checks }) =>
        checks.map(({ name, status }) => ({ labels: { check: name }, value: exitCodeOf[status] })),
    },
    {
      type: 'gauge',
      name: 'bitten_check_time_seconds',
      help: 'When this was checked, Unix time.',
      read: ({ at }) => at,
    },
    ...[...names.values()].map(familyOf),
  ];
  return metricsText(families, outcome);
}

function familyOf({ name, help, of }: Measure): MetricFamily<Outcome> {
  return {
    type: 'gauge',
    name: `bitten_check_${name}`,
    help,
    labels: of === undefined ? [] : [of.label],
    read: ({ checks }) =>
      checks
        .flatMap(({ measures }) => measures)
        .filter((measure) => measure.name === name)
        .map(({ value, of }) => ({ labels: of === undefined ? {} : { [of.label]: of.value }, value })),
  };
}

/** `'label'=value[unit];warn;crit`: a limit that must not be fallen below is written `10:`. */
function performanceData({ name, value, unit, of, limits }: Measure): string {
  const label = of === undefined ? name : `${name} ${of.value.replace(/['=|\n]/g, '_')}`;
  const limit = (number: number | null | undefined) =>
    number == null ? '' : `${number}${limits?.isBelow === true ? ':' : ''}`;
  const exact = Number.isInteger(value) ? String(value) : value.toFixed(3);
  return `'${label}'=${exact}${unit};${limit(limits?.warn)};${limit(limits?.crit)}`;
}

/** Within a plugin's output a bar begins the performance data, and a line break ends the first line. */
function plain(text: string): string {
  return harmless(text).replaceAll('|', '/');
}
