import { join } from 'node:path';
import { UsageError } from '@bitten/runtime';
import { openStore, type StoredEvent } from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';
import type { Command } from 'commander';
import { type CommandContext, listOption } from '../command.js';
import { selectEvents } from '../query/events.js';
import { runSql } from '../query/sql.js';
import { resolveSettings } from '../settings.js';
import { csvRow } from '../show/csv.js';
import { describeData } from '../show/event-line.js';
import { renderTable } from '../show/table.js';
import { say, widthOf } from '../show/terminal.js';
import { formatTime, parseMoment } from '../time.js';

interface QueryOptions {
  type?: string[];
  symbol?: string[];
  user?: string[];
  source?: string[];
  correlation?: string;
  since?: string;
  until?: string;
  limit?: string;
  sql?: string;
  json?: true;
  csv?: true;
}

const limitDefault = '100';

export function addQuery(command: Command, context: CommandContext): void {
  command
    .addOption(listOption('-t, --type <type>', 'only events of these types'))
    .addOption(listOption('-s, --symbol <symbol>', 'only these symbols'))
    .addOption(listOption('-u, --user <id>', 'only these users'))
    .addOption(listOption('--source <name>', 'only from these components'))
    .option('--correlation <id>', 'what belongs together: a signal or fire id')
    .option('--since <time>', "from this time on, by the events' own clock: 1h (ago), 2025-08-21T17:58")
    .option('--until <time>', 'up to this time')
    .option('-n, --limit <n>', `at most so many (default: ${limitDefault})`)
    .option('--sql <statement>', 'a SELECT of your own over the store, in place of all of these')
    .option('--json', 'print JSON, one row a line')
    .option('--csv', 'print CSV with a header')
    .addHelpText('after', examples)
    .action((options: QueryOptions) => query(options, context));
}

const examples = `
Examples:
  bitten query                                         the hundred newest events
  bitten query --type trade_executed --since 1d
  bitten query --correlation ELITE_SNIPER_NZDUSD_1755799117
  bitten query --symbol EURUSD --limit 1000 --csv > eurusd.csv
  bitten query --sql "SELECT pattern_type, AVG(confidence) FROM signal_events GROUP BY 1 ORDER BY 2 DESC"

Newest first. Reads ${storeFile} in the data folder, also while the collector writes it, and never changes it.
`;

function query(options: QueryOptions, { program }: CommandContext): void {
  if (options.json && options.csv)
    throw new UsageError('--json and --csv are two ways to print', 'give one of them');
  if (options.sql !== undefined) refuseFilters(options);
  const file = join(resolveSettings(program).dataDir, storeFile);
  // SQLite works synchronously: a long query would not let Ctrl-C through. Nothing here needs cleaning up.
  process.removeAllListeners('SIGINT');
  if (options.sql === undefined) queryEvents(file, options);
  else querySql(file, options.sql, options);
}

const filterNames = [
  'type',
  'symbol',
  'user',
  'source',
  'correlation',
  'since',
  'until',
  'limit',
] as const satisfies ReadonlyArray<keyof QueryOptions>;

/** A statement is run as it is: a filter beside it would be passed over without a word. */
function refuseFilters(options: QueryOptions): void {
  const name = filterNames.find((each) => options[each] !== undefined);
  if (name === undefined) return;
  throw new UsageError(
    `--sql and --${name} both say which rows`,
    `give one of them; within the SQL it is ${name === 'limit' ? 'LIMIT' : 'WHERE'}`,
  );
}

function queryEvents(file: string, options: QueryOptions): void {
  const now = Date.now() / 1000;
  const limit = readLimit(options.limit ?? limitDefault);
  const moment = (flag: '--since' | '--until', text: string | undefined) =>
    text === undefined ? undefined : parseMoment(text, flag, now);
  const selection = {
    types: options.type,
    symbols: options.symbol,
    users: options.user,
    sources: options.source,
    correlation: options.correlation,
    since: moment('--since', options.since),
    until: moment('--until', options.until),
    limit,
  };
  const store = openStore({ file, readonly: true });
  try {
    const events = selectEvents(selection, (each) => store.queryEvents(each));
    printEvents(events, options, now);
    if (events.length === limit) say(`the newest ${limit}; there may be more: --limit`);
  } finally {
    store.close();
  }
}

function readLimit(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`--limit: expected a number from 1 on, found ${text}`);
}

const eventColumns = [
  'id',
  'event_type',
  'timestamp',
  'source',
  'correlation_id',
  'user_id',
  'session_id',
] as const;

function printEvents(events: readonly StoredEvent[], options: QueryOptions, now: number): void {
  if (options.json) {
    printLines(events.map((event) => JSON.stringify(event)));
  } else if (options.csv) {
    const rows = events.map((event) =>
      csvRow([...eventColumns.map((name) => event[name]), event.data, event.created_at]),
    );
    printLines([csvRow([...eventColumns, 'data_json', 'created_at']), ...rows]);
  } else if (events.length === 0) {
    say('no events');
  } else {
    const head = ['seq', 'time', 'type', 'source', 'what', 'user', 'correlation'];
    const rows = events.map((event) => [
      event.id,
      formatTime(event.timestamp, now),
      event.event_type,
      event.source,
      describeData(event),
      event.user_id,
      event.correlation_id,
    ]);
    const flexible = ['what', 'correlation'];
    const width = widthOf(process.stdout);
    printLines([renderTable({ ...withoutEmpty(head, rows), width, right: ['seq'], flexible })]);
  }
}

/** A column nobody has filled only takes room. */
function withoutEmpty(head: string[], rows: unknown[][]): { head: string[]; rows: unknown[][] } {
  const kept = head
    .map((_, at) => rows.some((row) => row[at] !== null && row[at] !== ''))
    .map((isKept, at) => ({ isKept, at }));
  const pick = <Item>(items: Item[]) => kept.filter(({ isKept }) => isKept).map(({ at }) => items[at]!);
  return { head: pick(head), rows: rows.map(pick) };
}

/** A table has to be in memory to be measured; beyond this it is not for reading anyway. */
const tableRows_max = 10_000;

function querySql(file: string, sql: string, options: QueryOptions): void {
  const { columns, rows, close } = runSql(file, sql);
  try {
    if (options.csv) {
      printLines([csvRow(columns)]);
      for (const row of rows) printLines([csvRow(row.map(plain))]);
    } else if (options.json) {
      for (const row of rows) printLines([JSON.stringify(asObject(columns, row))]);
    } else printTable(columns, rows);
  } finally {
    close();
  }
}

function printTable(columns: string[], rows: IterableIterator<unknown[]>): void {
  const shown: unknown[][] = [];
  let isNumber = columns.map(() => true);
  for (const row of rows) {
    if (shown.length === tableRows_max) {
      say(`the first ${tableRows_max} rows; --json or --csv prints all`);
      break;
    }
    shown.push(row);
    isNumber = isNumber.map((was, at) => was && (row[at] === null || typeof row[at] === 'number'));
  }
  if (shown.length === 0) say('no rows');
  else {
    const right = columns.filter((_, at) => isNumber[at]);
    printLines([renderTable({ head: columns, rows: shown, width: widthOf(process.stdout), right })]);
  }
}

function asObject(columns: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((name, at) => [name, plain(row[at])]));
}

/** A blob as text: JSON and CSV have no bytes. */
function plain(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('base64') : value;
}

function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}
