import { join } from 'node:path';
import { UsageError } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import {
  type LifecycleQuery,
  type LifecycleState,
  lifecycleStates,
  openStore,
  type Store,
} from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command.js';
import { describeChain } from '../lifecycle/chain.js';
import { lifecycleTable, patternTable } from '../lifecycle/tables.js';
import { resolveSettings } from '../settings.js';
import { csvRow } from '../show/csv.js';
import { colorsFor, say, widthOf } from '../show/terminal.js';
import { parseMoment } from '../time.js';

interface LifecycleOptions {
  state?: LifecycleState;
  by?: 'pattern';
  since?: string;
  limit?: string;
  json?: true;
  csv?: true;
}

const limitDefault = '50';

const help = `
Examples:
  bitten lifecycle                                  the fifty newest signals and fires
  bitten lifecycle S1                               what became of this signal, hop by hop; of a fire by its id
  bitten lifecycle --state never-executed --since 1d
  bitten lifecycle --state orphans --json
  bitten lifecycle --by pattern                     win rate and latencies by pattern

States: open (no outcome yet), never-executed (fired, and no execution came), orphans (a fire without its signal, an
execution without its fire, an outcome without anything), duplicates (a hop came more than once), expired (the signal
expired before it was fired or executed). Reads ${storeFile} in the data folder, and never changes it.
`;

/** Nobody has heard of the id. */
class UnknownLifeError extends BittenError {
  constructor(id: string) {
    super('unknown_life', `no signal and no fire is named ${id}`, {
      found: 'no event that names it',
      expected: 'a signal_id or fire_id of an event in the store',
      remedy: `bitten lifecycle lists the newest; bitten query --correlation ${id} finds events that carry it`,
    });
  }
}

export function addLifecycle(command: Command, { program }: CommandContext): void {
  command
    .argument('[id]', 'a signal or a fire')
    .addOption(new Option('--state <state>', 'only these').choices(lifecycleStates))
    .addOption(new Option('--by <what>', 'counts instead of lives').choices(['pattern']))
    .option('--since <time>', 'begun since, by when the bus got the first event: 1h (ago), 2025-08-21T17:58')
    .option('-n, --limit <n>', `at most so many (default: ${limitDefault})`)
    .option('--json', 'print JSON, one row a line')
    .option('--csv', 'print CSV with a header')
    .addHelpText('after', help)
    .action((id: string | undefined, options: LifecycleOptions) => {
      checkOptions(id, options);
      const store = openStore({ file: join(resolveSettings(program).dataDir, storeFile), readonly: true });
      try {
        if (options.by === 'pattern') showPatterns(store, options);
        else if (id === undefined) showMany(store, options);
        else showOne(store, id, options);
      } finally {
        store.close();
      }
    });
}

function checkOptions(
  id: string | undefined,
  { state, by, since, limit, json, csv }: LifecycleOptions,
): void {
  if (json && csv) throw new UsageError('--json and --csv are two ways to print', 'give one of them');
  const hasFilter = state !== undefined || since !== undefined || limit !== undefined;
  if (id !== undefined && (hasFilter || by !== undefined)) {
    throw new UsageError(
      'an id says which one: nothing is left to choose',
      'leave out the id, or the options',
    );
  }
  if (by !== undefined && hasFilter) {
    throw new UsageError('--by counts all that is stored', 'leave out --state, --since and --limit');
  }
}

function showOne(store: Store, id: string, options: LifecycleOptions): void {
  const lives = store.lifecycle({ id });
  if (lives.length === 0) throw new UnknownLifeError(id);
  if (printRows(lives, options)) return;
  const look = { now: Date.now() / 1000, colors: colorsFor(process.stdout) };
  printLines(lives.map((life) => describeChain(life, look).join('\n')));
}

function showMany(store: Store, options: LifecycleOptions): void {
  const now = Date.now() / 1000;
  const limit = readLimit(options.limit ?? limitDefault);
  const query: LifecycleQuery = { limit };
  if (options.state !== undefined) query.state = options.state;
  if (options.since !== undefined) query.since = parseMoment(options.since, '--since', now);
  const lives = store.lifecycle(query);
  if (printRows(lives, options)) return;
  if (lives.length === 0) {
    say('none');
    return;
  }
  printLines([lifecycleTable(lives, { now, width: widthOf(process.stdout) })]);
  if (lives.length === limit) say(`the newest ${limit}; there may be more: --limit`);
}

function showPatterns(store: Store, options: LifecycleOptions): void {
  const stats = store.patternStats();
  if (printRows(stats, options)) return;
  if (stats.length === 0) say('none');
  else printLines([patternTable(stats, widthOf(process.stdout))]);
}

/** True where the rows are for a program, and are printed. */
function printRows(rows: readonly object[], { json, csv }: LifecycleOptions): boolean {
  if (json) printLines(rows.map((row) => JSON.stringify(row)));
  else if (csv && rows[0] !== undefined) {
    printLines([csvRow(Object.keys(rows[0])), ...rows.map((row) => csvRow(Object.values(row)))]);
  }
  return json === true || csv === true;
}

function readLimit(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`--limit: expected a number from 1 on, found ${text}`);
}

function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}
