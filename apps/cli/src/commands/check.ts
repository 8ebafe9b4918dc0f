import { describeError, SettingsError, UsageError } from '@bitten/runtime';
import { gatherVitals } from '@bitten/vitals';
import { type Command, Option } from 'commander';
import { type CommandContext, listOption, repeatedOption } from '../command.js';
import { exitCodeOf } from '../health/check.js';
import { checkNames, judgeHealth } from '../health/checks.js';
import { parseComponent } from '../health/components.js';
import { limitFlags, readLimits } from '../health/limits.js';
import {
  asJson,
  asNagios,
  asPrometheus,
  asText,
  type Format,
  formats,
  type Outcome,
  statusOf,
} from '../health/show.js';
import { resolveSettings } from '../settings.js';
import { colorsFor } from '../show/terminal.js';

interface CheckOptions extends Record<string, unknown> {
  format: Format;
  only?: string[];
  skip?: string[];
  component?: string[];
}

export function addCheck(command: Command, context: CommandContext): void {
  command
    .addOption(new Option('--format <format>', 'how to say it').choices(formats).default('text'))
    .addOption(listOption('--only <check>', `only these of ${checkNames.join(', ')}`))
    .addOption(listOption('--skip <check>', 'not these'))
    .addOption(
      repeatedOption('--component <name:age>', 'critical where its last system_health is older than that'),
    );
  for (const { flags, description } of limitFlags()) command.option(flags, description);
  command
    // 2 would be a critical state of the bus to whoever called this.
    .exitOverride((error) => {
      if (error.exitCode !== 0) error.exitCode = exitCodeOf.unknown;
      throw error;
    })
    .addHelpText(
      'after',
      `
Examples:
  bitten check
  bitten check --format nagios --component elite_guard:60s --lag-crit 50000
  bitten check --only bus,log,disk --disk-crit 20GiB
  bitten check --format prometheus > /var/lib/node_exporter/bitten.prom.new

One look at everything, for cron, Nagios and those after it, and Prometheus' textfile collector. A limit of none is
never reached. Exit code: 0 ok, 1 warning, 2 critical, 3 unknown: also where it was called wrongly.
`,
    )
    .action((options: CheckOptions) => check(options, context));
}

async function check(options: CheckOptions, context: CommandContext): Promise<void> {
  try {
    const outcome = await makeOutcome(options, context);
    process.stdout.write(await shown(outcome, options.format));
    context.exitWith(exitCodeOf[statusOf(outcome)]);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof UsageError || error instanceof SettingsError)) throw error;
    process.stderr.write(`bitten: ${describeError(error)}\n`);
    context.exitWith(exitCodeOf.unknown);
  }
}

async function makeOutcome(options: CheckOptions, { program, signal }: CommandContext): Promise<Outcome> {
  const components = (options.component ?? []).map(parseComponent);
  const limits = readLimits(options);
  const names = chosen(options);
  const facts = await gatherVitals(resolveSettings(program), {
    components: components.map(({ name }) => name),
    signal,
  });
  const checks = judgeHealth(facts, { limits, components }, names);
  // All is well where nothing was looked at: a line of cron with a slip in it would be green for ever.
  if (checks.length === 0) {
    throw new UsageError(
      'there is nothing to check',
      'components needs --component NAME:60s, newest --newest-warn or --newest-crit',
    );
  }
  return { at: facts.at, checks };
}

function chosen({ only = checkNames as string[], skip = [] }: CheckOptions): string[] {
  const unknown = [...only, ...skip].find((name) => !checkNames.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no check named ${unknown}`, `write one of ${checkNames.join(', ')}`);
  }
  return checkNames.filter((name) => only.includes(name) && !skip.includes(name));
}

function shown(outcome: Outcome, format: Format): string | Promise<string> {
  switch (format) {
    case 'text':
      return asText(outcome, colorsFor(process.stdout));
    case 'json':
      return asJson(outcome);
    case 'nagios':
      return asNagios(outcome);
    case 'prometheus':
      return asPrometheus(outcome);
  }
}
