import { type Alert, type Rule, readRuleFile, readRules, starterRules } from '@bitten/alerts';
import { BusLink } from '@bitten/client';
import { UsageError } from '@bitten/runtime';
import { type Command, Option } from 'commander';
import { ruleText } from '../alerts/rule-text.js';
import { watchLog } from '../alerts/watch.js';
import type { CommandContext } from '../command.js';
import { parsePosition } from '../position.js';
import { resolveSettings } from '../settings.js';
import { alertLine, tallyTable } from '../show/alert-line.js';
import { colorsFor, say, widthOf } from '../show/terminal.js';
import { addKeptAlerts } from './alerts-kept.js';

const help = `
Examples:
  bitten alerts starter > alerts.yaml        rules for the first day, to be changed
  bitten alerts check alerts.yaml            whether they are right
  bitten alerts try alerts.yaml --since 7d   what they would have said of the last week
  bitten alerts try alerts.yaml --follow     and what they say from now on
  bitten alerts test desk desk.yaml          whether the channel desk of desk.yaml can be reached
  bitten alerts list                         what is open
  bitten alerts silence --rule wide-spread --for 2h --reason "rollover"

What a rule can say is in docs/ALERTS.md.
`;

interface TryOptions {
  from?: string;
  since?: string;
  clock: 'appended' | 'own';
  follow?: true;
  summary?: true;
  json?: true;
}

export function addAlerts(command: Command, context: CommandContext): void {
  command.addHelpText('after', help);
  const add = (usage: string, summary: string) =>
    command.command(usage).description(summary).copyInheritedSettings(command);
  add('starter', 'print rules to begin with').action(() => {
    process.stdout.write(starterRules());
  });
  add('check <file>', 'say whether a rule file is right, and what each rule watches')
    .option('--json', 'print JSON, one rule a line')
    .action((file: string, { json }: { json?: true }) => check(file, json === true));
  add('try <file>', 'run rules over the log and print what they say')
    .option('--from <place>', 'now, start or a seq (default: start; with --follow now)')
    .option('--since <time>', 'the first event from then on: a time, or a duration ago')
    .addOption(
      new Option('--clock <name>', "whose time counts: when the bus appended an event, or the event's own")
        .choices(['appended', 'own'])
        .default('appended'),
    )
    .option('--follow', 'go on with what comes')
    .option('--summary', 'only count, by rule')
    .option('--json', 'print JSON, one alert a line')
    .action((file: string, options: TryOptions) => tryRules(file, options, context));
  addKeptAlerts(command, context);
}

function check(file: string, isJson: boolean): void {
  const { rules, channels } = readRuleFile(ruleText(file), file, process.env);
  const counts = [counted(rules.length, 'rule')];
  if (channels.length > 0) counts.push(counted(channels.length, 'channel'));
  if (isJson) for (const rule of rules) process.stdout.write(`${JSON.stringify(rule)}\n`);
  else process.stdout.write(`${file}: ${counts.join(', ')}, all right\n`);
}

async function tryRules(
  file: string,
  options: TryOptions,
  { program, signal }: CommandContext,
): Promise<void> {
  const { clock, follow, summary, json } = options;
  if (follow && clock === 'own') {
    throw new UsageError('--follow goes by the clock of this machine', 'leave out --clock own, or --follow');
  }
  const rules = readRules(ruleText(file), file);
  const from =
    parsePosition({ place: options.from, since: options.since }, '--from') ?? (follow ? 'end' : 'start');
  const settings = resolveSettings(program);
  const link = await BusLink.open({
    host: settings.host,
    port: settings.busPort,
    keyFile: settings.keyFile,
    name: 'bitten-alerts',
    timeout_ms: settings.timeout,
    ...(follow ? { away_ms_max: Number.POSITIVE_INFINITY } : {}),
    onAway: (why) => say(`waiting for the bus: ${why}`),
    onBack: () => say('the bus is back'),
    signal,
  });
  tellUntried(rules);
  const colors = colorsFor(process.stdout);
  const tally = new Map<string, number>();
  const onAlert = (alert: Alert) => {
    if (alert.state !== 'resolved') tally.set(alert.rule, (tally.get(alert.rule) ?? 0) + 1);
    if (summary) return;
    process.stdout.write(`${json ? JSON.stringify(alert) : alertLine(alert, colors, Date.now() / 1000)}\n`);
  };
  const onGap = (gap: { from: number; to: number; why: string }) =>
    say(`events ${gap.from} to ${gap.to - 1} are gone: ${gap.why}`);
  const seen = await watchLog({
    link,
    rules,
    from,
    clock,
    isFollowing: follow === true,
    onAlert,
    onGap,
    signal,
  });
  link.close();
  if (summary) process.stdout.write(`${tallyTable(rules, tally, widthOf(process.stdout))}\n`);
  const alerts = [...tally.values()].reduce((sum, count) => sum + count, 0);
  say(`${counted(seen, 'event')} looked at, ${counted(alerts, 'alert')}`);
}

/** What the log cannot tell: a lag, a disk. */
function tellUntried(rules: readonly Rule[]): void {
  const names = rules.filter(({ when }) => when.kind === 'system').map(({ name }) => name);
  if (names.length > 0) say(`not tried, since no event tells them: ${names.join(', ')}`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
