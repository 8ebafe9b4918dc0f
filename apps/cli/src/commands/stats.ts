import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '@bitten/runtime';
import { gatherStats, type Stats } from '@bitten/vitals';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { colorsFor, widthOf } from '../show/terminal.js';
import { describeStats } from '../stats/describe.js';
import { parseDuration } from '../time.js';

interface StatsOptions {
  watch?: string | true;
  json?: true;
}

const watchDefault = '2s';
const watch_ms_min = 100;

export function addStats(command: Command, context: CommandContext): void {
  command
    .option('-w, --watch [interval]', `show it again every so often (default: ${watchDefault})`)
    .option('--json', 'print JSON, one answer a line')
    .addHelpText(
      'after',
      `
Examples:
  bitten stats
  bitten stats --watch 5s
  bitten stats --json | jq .bus.stats.log.next

Rates are since the bus started, with --watch since the answer before. Where the bus is away the store's part is
shown all the same, and the exit code is 1.
`,
    )
    .action((options: StatsOptions) => showStats(options, context));
}

async function showStats(
  options: StatsOptions,
  { program, signal, exitWith }: CommandContext,
): Promise<void> {
  const settings = resolveSettings(program);
  const interval_ms = readInterval(options.watch);
  const isTerminal = process.stdout.isTTY === true;
  let before: Stats | undefined;
  while (!signal.aborted) {
    const stats = await gatherStats(settings, signal);
    if (options.json) process.stdout.write(`${JSON.stringify(stats)}\n`);
    else {
      const look = { colors: colorsFor(process.stdout), width: widthOf(process.stdout) };
      const text = describeStats(stats, { ...look, before });
      process.stdout.write(interval_ms !== undefined && isTerminal ? redraw(text) : text);
    }
    exitWith(stats.bus.ok ? 0 : 1);
    if (interval_ms === undefined) return;
    before = stats.bus.ok ? stats : undefined;
    await sleep(interval_ms, undefined, { signal });
  }
}

function readInterval(watch: string | true | undefined): number | undefined {
  if (watch === undefined) return undefined;
  const interval_ms = parseDuration(watch === true ? watchDefault : watch, '--watch');
  if (interval_ms >= watch_ms_min) return interval_ms;
  throw new UsageError(
    `--watch: expected at least ${watch_ms_min} ms, found ${String(watch)}`,
    'write --watch 2s',
  );
}

/** Over what was there, each line cleared behind its end: without the flicker of clearing the screen first. */
function redraw(text: string): string {
  return `\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[J`;
}
