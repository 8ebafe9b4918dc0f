import { BusLink } from '@bitten/client';
import { UsageError } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import type { BusClient, CursorInfo } from '@bitten/transport';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { parsePosition } from '../position.js';
import { resolveSettings } from '../settings.js';
import { cursorTable } from '../show/cursor-table.js';
import { say, widthOf } from '../show/terminal.js';

const help = `
Examples:
  bitten cursors list
  bitten cursors reset my-tracker --to start        it is handed everything again that the log still holds
  bitten cursors reset my-tracker --since 2h
  bitten cursors delete old-tracker                 retention waits for it no more

A subscriber that is running keeps its own place until it connects again. Deleted or moved forward, a cursor that
holds retention lets events go that its reader has not seen: that takes --force.
`;

/** A cursor that must not be moved by mistake. */
class HeldCursorError extends BittenError {
  constructor({ name, lag }: CursorInfo) {
    super('cursor_holds', `${name} holds retention: its reader counts on ${lag} events it has not read`, {
      found: 'a cursor that holds',
      expected: '--force',
      remedy: `start its reader; or, if it will never come back, the same again with --force`,
    });
  }
}

export function addCursors(command: Command, context: CommandContext): void {
  command.addHelpText('after', help);
  const add = (usage: string, summary: string) =>
    command.command(usage).description(summary).copyInheritedSettings(command);
  add('list', 'show where all cursors stand')
    .option('--json', 'print JSON, one cursor a line')
    .action((options: { json?: true }) => withBus(context, (client) => list(client, options)));
  add('reset <name>', 'put a cursor somewhere else')
    .option('--to <place>', 'now, start or a seq')
    .option('--since <time>', 'the first event from then on: a time, or a duration ago')
    .option('--force', 'also where it holds retention')
    .action((name: string, options: ResetOptions) =>
      withBus(context, (client) => reset(client, name, options)),
    );
  add('delete <name>', 'forget a cursor')
    .option('--force', 'also where it holds retention')
    .action((name: string, options: { force?: true }) =>
      withBus(context, (client) => remove(client, name, options)),
    );
}

interface ResetOptions {
  to?: string;
  since?: string;
  force?: true;
}

async function list(client: BusClient, { json }: { json?: true }): Promise<void> {
  const cursors = await client.listCursors();
  if (json) {
    for (const cursor of cursors) process.stdout.write(`${JSON.stringify(cursor)}\n`);
  } else if (cursors.length === 0) {
    say('no cursors yet');
  } else {
    const look = { at: Date.now() / 1000, width: widthOf(process.stdout) };
    process.stdout.write(`${cursorTable(cursors, look)}\n`);
  }
}

async function reset(client: BusClient, name: string, { to, since, force }: ResetOptions): Promise<void> {
  const position = parsePosition({ place: to, since }, '--to');
  if (position === undefined) throw new UsageError('reset needs a place', 'give --to or --since');
  if (!force) await refuseHeld(client, name);
  const { next } = await client.resetCursor(name, position);
  process.stdout.write(`${name} stands at ${next}\n`);
}

async function remove(client: BusClient, name: string, { force }: { force?: true }): Promise<void> {
  if (!force) await refuseHeld(client, name);
  await client.deleteCursor(name);
  process.stdout.write(`${name} is deleted\n`);
}

/** A name that nobody has is the bus's to refuse. */
async function refuseHeld(client: BusClient, name: string): Promise<void> {
  const cursor = (await client.listCursors()).find((each) => each.name === name);
  if (cursor?.hold) throw new HeldCursorError(cursor);
}

async function withBus(
  { program, signal }: CommandContext,
  act: (client: BusClient) => Promise<void>,
): Promise<void> {
  const { host, busPort, keyFile, timeout } = resolveSettings(program);
  const link = await BusLink.open({
    host,
    port: busPort,
    keyFile,
    name: 'bitten-cursors',
    timeout_ms: timeout,
    signal,
  });
  try {
    await act(link.client);
  } finally {
    link.close();
  }
}
