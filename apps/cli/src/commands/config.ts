import { exitCodes } from '@bitten/runtime';
import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command.js';
import { type ShownApp, shownApps } from '../config/apps.js';
import { describeConfig, describeFile } from '../config/describe.js';
import { type ConfigInspection, countProblems, inspectApps } from '../config/inspect.js';
import { colorsFor, widthOf } from '../show/terminal.js';

const help = `
Examples:
  bitten config show
  bitten config show bus --config bitten.yaml
  bitten config show --json | jq '.apps[] | select(.app == "bus") | .settings[] | select(.source != "default")'
  bitten config path

A flag wins over the environment, that over the settings file, that over the default. What is shown is what the apps
would read if they were started here, with this environment. What is wrong is shown in its place; the exit code is 1
then. No setting is a secret: keys are named by their files. What looks like one all the same is not shown.
`;

export function addConfig(command: Command, context: CommandContext): void {
  command.addHelpText('after', help);
  const add = (usage: string, summary: string) =>
    command.command(usage).description(summary).copyInheritedSettings(command);
  add('show', 'show every setting with its value and where that comes from')
    .addArgument(new Argument('[app]', 'all of them by default').choices(shownApps))
    .option('--json', 'print one JSON object')
    .action((app: ShownApp | undefined, options: { json?: true }) => show(app, options, context));
  add('path', 'print the settings file that is read')
    .option('--json', 'print one JSON object')
    .action((options: { json?: true }) => showPath(options, context));
}

async function show(
  app: ShownApp | undefined,
  { json }: { json?: true },
  { program, exitWith }: CommandContext,
): Promise<void> {
  const inspection = await inspectApps(program, app === undefined ? shownApps : [app]);
  const ok = countProblems(inspection) === 0;
  if (json) process.stdout.write(`${JSON.stringify({ ok, ...withoutValues(inspection) })}\n`);
  else {
    const look = { colors: colorsFor(process.stdout), width: widthOf(process.stdout) };
    process.stdout.write(describeConfig(inspection, look));
  }
  exitWith(ok ? exitCodes.ok : exitCodes.failure);
}

/** Each setting says its value already, without what looks like a secret. */
function withoutValues({ apps, unknown }: ConfigInspection) {
  return { apps: apps.map(({ values: _, ...shown }) => shown), unknown };
}

/** The path alone, for scripts; where there is no file, what was looked for, and exit code 1. */
async function showPath({ json }: { json?: true }, { program, exitWith }: CommandContext): Promise<void> {
  const { apps } = await inspectApps(program, ['cli']);
  const { file } = apps[0]!;
  if (json) process.stdout.write(`${JSON.stringify(file)}\n`);
  else if (file.path !== null) process.stdout.write(`${file.path}\n`);
  else process.stderr.write(`${describeFile(file)}\n`);
  exitWith(file.path === null ? exitCodes.failure : exitCodes.ok);
}
