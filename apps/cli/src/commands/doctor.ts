import { exitCodes } from '@bitten/runtime';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import type { ShownApp } from '../config/apps.js';
import { inspectApps } from '../config/inspect.js';
import { describeFindings } from '../doctor/describe.js';
import { examine } from '../doctor/examine.js';
import { gatherFacts } from '../doctor/facts.js';
import { colorsFor } from '../show/terminal.js';

/** Those that make up a system in use. */
const examinedApps: readonly ShownApp[] = ['bus', 'collector', 'cli'];

export function addDoctor(command: Command, context: CommandContext): void {
  command
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  bitten doctor
  bitten doctor --data-dir /srv/bitten
  bitten doctor --json | jq '.findings[] | select(.level == "wrong")'

Looks at everything: Node.js and the native modules, settings, data folder and disk, keys, ports, the bus and its log,
the collector and its store, dead letters, cursors, spools, what was left behind, the clock. Each finding is ok, a
warning or wrong, and says below what to do about it. It changes nothing, and works also where nothing runs. For a
supervisor there is bitten check. Exit code 0: nothing is wrong (warnings do not count). 1: something is.
`,
    )
    .action((options: { json?: true }) => doctor(options, context));
}

async function doctor(
  { json }: { json?: true },
  { program, signal, exitWith }: CommandContext,
): Promise<void> {
  const config = await inspectApps(program, examinedApps);
  const facts = await gatherFacts(config, { version: program.version() ?? '', signal });
  const findings = await examine(facts);
  const isWell = findings.every(({ level }) => level !== 'wrong');
  if (json) {
    const { dataDir } = facts.settings;
    process.stdout.write(`${JSON.stringify({ ok: isWell, data_dir: dataDir, at: facts.now, findings })}\n`);
  } else process.stdout.write(describeFindings(findings, colorsFor(process.stdout)));
  exitWith(isWell ? exitCodes.ok : exitCodes.failure);
}
