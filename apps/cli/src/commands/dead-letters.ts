import type { Command } from 'commander';
import { type CommandContext, listOption, repeatedOption } from '../command.js';
import type { DiscardOptions } from '../dead-letters/discard.js';
import type { EditOptions } from '../dead-letters/edit.js';
import type { ListOptions } from '../dead-letters/list.js';
import type { RetryOptions } from '../dead-letters/retry.js';

const help = `
Examples:
  bitten dead-letters list
  bitten dead-letters show 17
  bitten dead-letters edit 17 --set data.direction=BUY --unset data.note
  bitten dead-letters retry 17 18
  bitten dead-letters retry --type market_data --all --dry-run
  bitten dead-letters discard 17 --reason "test of the new adapter"

edit without --set, --unset and --payload opens it in $VISUAL or $EDITOR.

What was refused stays as it came, whatever becomes of it. What became of it is an event, dead_letter_resolved.
Driving one again is publishing it: everybody who follows hears it, now. It is published once, however often and by
however many it is tried.
`;

/** Each part is a module of its own, loaded when it is called. */
export function addDeadLetters(command: Command, context: CommandContext): void {
  command.addHelpText('after', help);
  const add = (usage: string, summary: string) =>
    command.command(usage).description(summary).copyInheritedSettings(command);
  addList(add('list', 'show those in the store, newest first'), context);
  add('show <id...>', 'show all of a dead letter: what is wrong, the payload, what became of it')
    .option('--json', 'print JSON, one dead letter a line')
    .action(async (ids: string[], options: { json?: true }) => {
      await (await import('../dead-letters/show.js')).showLetters(ids, options, context);
    });
  addEdit(add('edit <id>', 'correct a dead letter and drive it again'), context);
  addRetry(add('retry [id...]', 'drive dead letters again as they are'), context);
  addDiscard(add('discard [id...]', 'give dead letters up'), context);
}

function addList(command: Command, context: CommandContext): void {
  withSelection(command)
    .option('--all', 'also those that have been dealt with')
    .addOption(listOption('--status <status>', 'only open, retried, corrected, discarded (default: open)'))
    .option('-n, --limit <n>', 'at most so many', '100')
    .option('--json', 'print JSON, one a line, without the payloads')
    .action(async (options: ListOptions) => {
      (await import('../dead-letters/list.js')).listLetters(options, context);
    });
}

function addEdit(command: Command, context: CommandContext): void {
  withWords(command)
    .addOption(repeatedOption('--set <path=value>', 'a field of the event: data.direction=BUY; JSON or text'))
    .addOption(repeatedOption('--unset <path>', 'a field to leave out'))
    .option('--payload <file>', 'the whole event from a file, or from - (standard input)')
    .option('--dry-run', 'print what would be published, publish nothing')
    .option('--force', 'also an order to trade, and what has expired')
    .action(async (id: string, options: EditOptions) => {
      await (await import('../dead-letters/edit.js')).editLetter(id, options, context);
    });
}

function addRetry(command: Command, context: CommandContext): void {
  withWords(withSelection(command))
    .option('--all', 'all open ones that the other options name, oldest first')
    .option('--dry-run', 'say which would pass, publish nothing')
    .option('--force', "also orders to trade, what has expired, and what its publisher's own rules refused")
    .action(async (ids: string[], options: RetryOptions) => {
      await (await import('../dead-letters/retry.js')).retryLetters(ids, options, context);
    });
}

function addDiscard(command: Command, context: CommandContext): void {
  withSelection(command)
    .requiredOption('--reason <text>', 'why, for whoever asks later')
    .option('--all', 'all open ones that the other options name')
    .option('--by <name>', 'who decides (default: the user of this terminal)')
    .option('--json', 'print JSON, one dead letter a line')
    .action(async (ids: string[], options: DiscardOptions) => {
      await (await import('../dead-letters/discard.js')).discardLetters(ids, options, context);
    });
}

function withSelection(command: Command): Command {
  return command
    .addOption(listOption('-t, --type <type>', 'only of these types'))
    .addOption(listOption('--source <name>', 'only from these components'))
    .option('--since <time>', 'only what came from this time on: 1h (ago), 2025-08-21T17:58');
}

function withWords(command: Command): Command {
  return command
    .option('--reason <text>', 'why, for whoever asks later')
    .option('--by <name>', 'who decides (default: the user of this terminal)')
    .option('--json', 'print JSON, one dead letter a line');
}
