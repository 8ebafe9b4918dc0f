import { exitCodes, UsageError } from '@bitten/runtime';
import { shorten } from '@bitten/schema';
import { type Command, Option } from 'commander';
import { type BenchPlace, benchCsv, describeBench } from '../bench/describe.js';
import type { BenchOptions } from '../bench/run.js';
import { harmlessType, type TrafficType, trafficTypes } from '../bench/traffic.js';
import type { CommandContext } from '../command.js';
import { fileSystemOf } from '../doctor/file-system.js';
import { resolveSettings } from '../settings.js';
import { amount, count } from '../show/amount.js';
import { colorsFor, say, widthOf } from '../show/terminal.js';

interface Given {
  msgs: string;
  size: string;
  clients: string;
  subscribers: string;
  batch: string;
  rate?: string;
  type?: TrafficType;
  dir?: string;
  live?: true;
  yes?: true;
  json?: true;
  csv?: true;
}

const help = `
Examples:
  bitten bench
  bitten bench --msgs 10000 --rate 1000          how long one event takes at a thousand a second
  bitten bench --msgs 10000 --batch 1            each event waits for the receipt of the one before
  bitten bench --clients 4 --subscribers 2 --csv >> figures.csv
  bitten bench --live --yes --msgs 1000          the bus that runs

By default it starts a bus and a collector of its own in a new folder below the data folder (or --dir), on free
ports, and removes them. With --live the bus that runs is measured: the events stay in its log and its store (type
${harmlessType}, source bitten-bench), and publishers and subscribers in use feel it. They are of a type that means nothing to
anybody: a simulated fire command could be taken for a real one.

This measures your machine. Whether the project keeps its own promises, on any machine, is what pnpm bench checks.
`;

export function addBench(command: Command, context: CommandContext): void {
  command
    .option('--msgs <n>', 'how many events, of all clients together', '100000')
    .option('--size <bytes>', 'fill events up to so many bytes in the mean; 0 leaves them as they are', '250')
    .option('--clients <n>', 'publishers, each a process', '1')
    .option('--subscribers <n>', 'live subscribers, each a process', '1')
    .option('--batch <n>', 'events of a client under way before it waits for their receipts', '2000')
    .option('--rate <n>', 'events a second, of all clients together (default: as fast as it goes)')
    .addOption(
      new Option('--type <type>', `what is published (default: mix, with --live ${harmlessType})`).choices(
        trafficTypes,
      ),
    )
    .option('--dir <folder>', 'where its own bus keeps its files: this is the disk that is measured')
    .option('--live', 'measure the bus that runs; its events stay in the log')
    .option('--yes', 'with --live: yes, on the bus that runs')
    .addOption(new Option('--json', 'print one JSON object').conflicts('csv'))
    .option('--csv', 'print a header and a row')
    .addHelpText('after', help)
    .action((given: Given) => bench(given, context));
}

async function bench(given: Given, { program, signal, exitWith }: CommandContext): Promise<void> {
  const settings = resolveSettings(program);
  const options = readOptions(given);
  const live = given.live === true;
  if (live) requireConsent(given, options);
  const [{ runBench }, { startOwn, useRunning }] = await Promise.all([
    import('../bench/run.js'),
    import('../bench/system.js'),
  ]);
  const measured = live ? await useRunning(settings, signal) : await startOwn(given.dir ?? settings.dataDir);
  try {
    say(
      `${count(options.msgs, 'event')} ${live ? 'on the bus that runs' : `in ${measured.dir}`}; Ctrl-C ends it in order`,
    );
    const notes = notesOn(measured.dir, measured.database);
    const result = await runBench(options, { measured, signal });
    const place: BenchPlace = { live, dir: measured.dir, notes };
    if (given.json) process.stdout.write(`${JSON.stringify({ bus: live ? 'running' : 'own', ...result })}\n`);
    else if (given.csv) process.stdout.write(benchCsv(result));
    else {
      const look = { colors: colorsFor(process.stdout), width: widthOf(process.stdout) };
      process.stdout.write(describeBench(result, place, look));
    }
    exitWith(result.failed === 0 ? exitCodes.ok : exitCodes.failure);
  } finally {
    await measured.leave();
  }
}

/** Whoever types it knows that a bus in use will feel it, and that what is published stays. */
function requireConsent({ yes, type }: Given, { msgs }: BenchOptions): void {
  if (type !== undefined && type !== harmlessType) {
    throw new UsageError(
      `--live: expected the type ${harmlessType}, found ${type}`,
      'leave out --type: components in use would take simulated events for real ones',
    );
  }
  if (yes) return;
  throw new UsageError(
    `--live puts ${amount(msgs)} events into the log of the bus that runs, for good`,
    'add --yes; or leave out --live, and a bus of its own is measured',
  );
}

function readOptions(given: Given): BenchOptions {
  const msgs = readNumber('--msgs', given.msgs, { min: 1, max: 10_000_000 });
  return {
    msgs,
    size_bytes: readNumber('--size', given.size, { min: 0, max: 100_000 }),
    clients: readNumber('--clients', given.clients, { min: 1, max: Math.min(64, msgs) }),
    subscribers: readNumber('--subscribers', given.subscribers, { min: 0, max: 64 }),
    batch: readNumber('--batch', given.batch, { min: 1, max: 20_000 }),
    rate_per_s:
      given.rate === undefined ? null : readNumber('--rate', given.rate, { min: 1, max: 1_000_000 }),
    type: given.type ?? (given.live ? harmlessType : 'mix'),
    run: `bench-${Date.now().toString(36)}`,
  };
}

function readNumber(flag: string, text: string, { min, max }: { min: number; max: number }): number {
  const number = /^\d{1,9}$/.test(text.replaceAll('_', '')) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(
    `${flag}: expected a whole number from ${amount(min)} to ${amount(max)}, found ${shorten(text)}`,
  );
}

function notesOn(dir: string, database: string | null): string[] {
  const kind = fileSystemOf(dir);
  if (kind === null || database === null) return [];
  const why = kind.is === 'volatile' ? 'in memory' : 'on a network';
  return [`The folder is ${why} (${kind.name}): its figures say nothing of a disk. Name another: --dir`];
}
