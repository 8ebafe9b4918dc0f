import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { BusLink } from '@bitten/client';
import { UsageError } from '@bitten/runtime';
import { createStandardCatalogue } from '@bitten/schema';
import { type Command, Option } from 'commander';
import { type CommandContext, repeatedOption } from '../command.js';
import { type Chosen, chooseFormats, type FormatName, formatNames } from '../import/choose.js';
import { type EventMapping, readMapping } from '../import/mapping-rules.js';
import { startProgress } from '../import/progress.js';
import { dryRun, runImport } from '../import/run.js';
import { settled } from '../import/settled.js';
import { describeResult } from '../import/summary.js';
import { type ImportResult, Tally } from '../import/tally.js';
import { resolveSettings } from '../settings.js';
import { say } from '../show/terminal.js';
import { readOffset } from '../time.js';

interface ImportCommandOptions {
  format?: FormatName;
  map?: string;
  type?: string;
  set?: string[];
  timestamp?: string;
  user?: string;
  correlation?: string;
  source?: string;
  symbol?: string;
  utcOffset: string;
  dryRun?: true;
  json?: true;
}

export function addImport(command: Command, context: CommandContext): void {
  command
    .argument('<file...>', 'files to read; bars are two files, of the bid and of the ask')
    .addOption(
      new Option('--format <name>', 'how to read them (default: by their content)').choices(formatNames),
    )
    .option('--map <file>', 'a mapping file, YAML or JSON: how a line of JSON becomes events')
    .option('--type <type>', 'without a mapping file: each line is one event of this type')
    .addOption(
      repeatedOption('--set <field=source>', 'with --type: a field of the data from a field of the line'),
    )
    .option(
      '--timestamp <field>',
      'with --type: the field that holds the time (default: timestamp, time, ts, …)',
    )
    .option(
      '--user <field>',
      "with --type: the field that holds the user; also the data's, where the type has one",
    )
    .option('--correlation <field>', 'with --type: the field that ties events together')
    .option('--source <name>', 'which component says so (default: the usual one of the type)')
    .option('--symbol <symbol>', "of quotes and bars (default: the leading letters of the file's name)")
    .option('--utc-offset <offset>', 'how far the clock of quotes and bars is from UTC', '+00:00')
    .option('--dry-run', 'read and check, publish nothing')
    .option('--json', 'print the result as JSON, one file a line')
    .addHelpText('after', examples)
    .action((files: string[], options: ImportCommandOptions) => importFiles(files, options, context));
}

const examples = `
Formats:
  jsonl            lines of JSON, by --type or --map
  signal-outcomes  lines of JSON with signal_id, pair, pattern, …, win: a signal_generated and a signal_outcome each
  events           lines that are events already, as bitten tail --raw prints them
  ticks            YYYYMMDD HHMMSSmmm,bid,ask,volume
  bars             timestamp,open,high,low,close in two files: a market_data from the two closes of each minute
  python-db        the database of the Python collector; compared by type and day when all is stored

Examples:
  bitten import outcomes.jsonl
  bitten import eurusd-ticks.csv --utc-offset=-05:00
  bitten import gbpusd-m1-bid.csv gbpusd-m1-ask.csv
  bitten import event_bus/bitten_events.db
  bitten import logins.jsonl --type user_action --set action=what --user uid --timestamp at
  bitten import --dry-run --map trades.yaml trades.jsonl

May be stopped, killed and begun again at any time: every event is stored exactly once. Importing a file again, under
whatever name, stores nothing twice; where it has grown, only the new lines. Lines that make no valid event are kept
in the dead letters with the reasons.
`;

async function importFiles(
  files: string[],
  options: ImportCommandOptions,
  { program, signal, exitWith }: CommandContext,
): Promise<void> {
  const settings = resolveSettings(program);
  const offset_s = readOffset(options.utcOffset);
  if (offset_s === undefined) {
    throw new UsageError(
      `--utc-offset: expected an offset, found ${options.utcOffset}`,
      'write --utc-offset=-05:00',
    );
  }
  const imports = chooseFormats(files, {
    format: options.format,
    mapping: mappingOf(options),
    symbol: options.symbol,
    source: options.source,
    offset_s,
  });
  const notes = new Notes();
  const link = options.dryRun
    ? undefined
    : await BusLink.open({
        host: settings.host,
        port: settings.busPort,
        keyFile: settings.keyFile,
        name: 'bitten-import',
        timeout_ms: settings.timeout,
        onAway: (why) => notes.say(`waiting for the bus: ${why}`),
        onBack: () => notes.say('the bus is back'),
        signal,
      });
  for (const chosen of imports) {
    const result = await importOne(chosen, { link, notes, signal, dataDir: settings.dataDir });
    process.stdout.write(
      options.json ? `${JSON.stringify(result)}\n` : describeResult(result, link === undefined),
    );
    if (result.comparison?.isEqual === false) exitWith(1);
  }
  link?.close();
}

/** Where notes go: above the bar while there is one. */
class Notes {
  say: (text: string) => void = say;
}

async function importOne(
  chosen: Chosen,
  {
    link,
    notes,
    signal,
    dataDir,
  }: { link: BusLink | undefined; notes: Notes; signal: AbortSignal; dataDir: string },
): Promise<ImportResult> {
  const { files, format, guess } = chosen;
  const file = files.map((path) => basename(path)).join(' + ');
  if (guess !== undefined) say(`${file}: read as ${format.name}, ${guess}`);
  const tally = new Tally(format.unit);
  const own: string[] = [];
  const bytes_total = files.reduce((sum, path) => sum + statSync(path).size, 0);
  const progress = startProgress({ tally, bytes_total, isTerminal: process.stderr.isTTY === true });
  notes.say = progress.note;
  const begunAt = performance.now();
  const elapsed_s = () => (performance.now() - begunAt) / 1000;
  let compared: Partial<ImportResult> = {};
  let duration_s = 0;
  try {
    const run = {
      chosen,
      tally,
      signal,
      onBytes: progress.onBytes,
      onNote: (note: string) => own.push(note),
    };
    if (link === undefined) await dryRun({ ...run, catalogue: createStandardCatalogue() });
    else await runImport({ ...run, link });
    duration_s = elapsed_s();
    if (link !== undefined && format.compare !== undefined) {
      const store = { dataDir, lastLine: tally.lastLine, settled: () => settled({ dataDir, link, signal }) };
      const comparison = await format.compare(files, store);
      compared = comparison === undefined ? {} : { comparison, compared_after_s: elapsed_s() };
    }
  } finally {
    progress.stop();
    notes.say = say;
  }
  return {
    file,
    format: format.name,
    records: tally.records,
    stored: tally.stored,
    already_there: tally.alreadyThere,
    dead_letters: tally.deadLetters,
    ...(tally.byType.size > 0 && { by_type: Object.fromEntries(tally.byType) }),
    reasons: tally.reasons,
    notes: [...own, ...(format.notes?.() ?? [])],
    duration_s,
    ...compared,
  };
}

function mappingOf(options: ImportCommandOptions): EventMapping[] | undefined {
  const { map, type, set = [], timestamp, user, correlation } = options;
  if (map !== undefined) {
    if (type !== undefined)
      throw new UsageError('--map and --type both say what a line is', 'give one of them');
    return readMapping(readMappingFile(map), map);
  }
  if (type === undefined) {
    const lonely = Object.entries({
      '--set': options.set,
      '--timestamp': timestamp,
      '--user': user,
      '--correlation': correlation,
    });
    const flag = lonely.find(([, value]) => value !== undefined)?.[0];
    if (flag !== undefined)
      throw new UsageError(`${flag} needs --type`, '--type TYPE says which events the lines are');
    return undefined;
  }
  return readMapping(
    {
      type,
      set: Object.fromEntries(set.map(readAssignment)),
      ...(timestamp !== undefined && { timestamp }),
      ...(user !== undefined && { user_id: user }),
      ...(correlation !== undefined && { correlation_id: correlation }),
    },
    '--type',
  );
}

function readAssignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--set: expected FIELD=SOURCE, found ${text}`, 'write --set symbol=pair');
}

// Most imports have no mapping file, and the parser takes 35 ms to load.
const loadYaml = () => createRequire(import.meta.url)('yaml') as typeof import('yaml');

function readMappingFile(path: string): unknown {
  try {
    return loadYaml().parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new UsageError(`--map ${path}: ${why}`, 'name a YAML or JSON file; docs/CLI.md shows one');
  }
}
