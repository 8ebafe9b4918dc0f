import { BusLink, findLast, findLastValues, follow, type LoggedText } from '@bitten/client';
import { UsageError } from '@bitten/runtime';
import { createStandardCatalogue, type Envelope } from '@bitten/schema';
import type { Position } from '@bitten/transport';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { addFilters, type FilterOptions, filterOf } from '../filter.js';
import { parsePosition } from '../position.js';
import { resolveSettings } from '../settings.js';
import { EventLines } from '../show/event-line.js';
import { colorsFor, cut, say, widthOf } from '../show/terminal.js';

interface TailOptions extends FilterOptions {
  from?: string;
  since?: string;
  last?: string;
  lastValues?: true;
  count?: string;
  exit?: true;
  raw?: true;
  json?: true;
  wide?: true;
}

/** Where to begin: at a place, or behind what is shown first. */
type Start = { from: Position } | { last: number } | { lastValues: true };

export function addTail(command: Command, context: CommandContext): void {
  addFilters(command)
    .option('--from <place>', 'where to begin: now, start, or a seq (default: now)')
    .option('--since <time>', 'begin with what the bus appended at that time: 1h (ago), 2025-08-21T17:58')
    .option('--last <n>', 'begin with the last n events that pass the filters')
    .option('--last-values', 'begin with the last value of each key: of each symbol, of each account')
    .option('-c, --count <n>', 'stop after n events')
    .option('-e, --exit', 'stop at the end of the log instead of waiting for more')
    .option('--raw', "print the publisher's JSON as it came, one a line")
    .option('--json', 'print JSON with seq and appended_at, one a line')
    .option('--wide', 'do not cut lines at the width of the terminal')
    .addHelpText('after', examples)
    .action((options: TailOptions) => tail(options, context));
}

const examples = `
Examples:
  bitten tail                                        everything, as it comes
  bitten tail --type signal_generated,fire_command   of two types
  bitten tail --symbol XAUUSD --last 20              and the last twenty before
  bitten tail --type market_data --last-values       the last tick of each symbol, then what comes
  bitten tail --since 15min -e --json | jq .data     a quarter of an hour, then stop
  bitten tail --from start -e --raw > backup.jsonl   the whole log; bitten import reads it again

Times are shown in the zone of the terminal: TZ=UTC bitten tail shows UTC. When the bus goes away, tail waits for it
and goes on where it was, without a gap or a repeat.
`;

async function tail(options: TailOptions, { program, signal }: CommandContext): Promise<void> {
  const settings = resolveSettings(program);
  const filter = filterOf(options);
  const count_max = readCount(options.count, '--count', 1) ?? Number.POSITIVE_INFINITY;
  const start = startOf(options);
  const link = await BusLink.open({
    host: settings.host,
    port: settings.busPort,
    keyFile: settings.keyFile,
    name: 'bitten-tail',
    timeout_ms: settings.timeout,
    away_ms_max: Number.POSITIVE_INFINITY,
    onAway: (why) => say(`waiting for the bus: ${why}`),
    onBack: () => say('the bus is back'),
    signal,
  });
  const print = printerFor(options);
  let printed = 0;
  let from: Position = 'end';
  if ('from' in start) from = start.from;
  else if ('last' in start) from = await findLast(link, filter, start.last);
  else {
    const found = await findLastValues(link, filter.types ?? typesWithKey(), filter);
    const wanted = found.values.slice(0, count_max);
    if (wanted.length > 0) process.stdout.write(`${print(wanted).join('\n')}\n`);
    printed = wanted.length;
    from = found.next;
  }
  const pages =
    printed >= count_max
      ? []
      : follow({
          link,
          from,
          filter,
          stopAtEnd: options.exit === true,
          onGap: ({ from, to, why }) => say(`events ${from} to ${to - 1} are gone: ${why}`),
          signal,
        });
  for await (const page of pages) {
    const wanted = page.slice(0, count_max - printed);
    process.stdout.write(`${print(wanted).join('\n')}\n`);
    printed += wanted.length;
    if (printed >= count_max) break;
  }
  link.close();
}

function startOf({ from, since, last, lastValues }: TailOptions): Start {
  if ([from, since, last, lastValues].filter((each) => each !== undefined).length > 1) {
    throw new UsageError(
      '--from, --since, --last and --last-values each say where to begin',
      'give one of them',
    );
  }
  if (lastValues) return { lastValues };
  if (last !== undefined) return { last: readCount(last, '--last', 0)! };
  return { from: parsePosition({ place: from, since }, '--from') ?? 'end' };
}

/** Those that have last values. */
function typesWithKey(): string[] {
  const catalogue = createStandardCatalogue();
  return catalogue.types().filter((type) => catalogue.get(type)!.key !== null);
}

function readCount(text: string | undefined, flag: string, min: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) >= min) return Number(text);
  throw new UsageError(`${flag}: expected a number from ${min} on, found ${text}`);
}

function printerFor({ raw, json, wide }: TailOptions): (page: readonly LoggedText[]) => string[] {
  if (raw && json) throw new UsageError('--raw and --json are two ways to print', 'give one of them');
  if (raw) return (page) => page.map(({ text }) => text);
  if (json) return (page) => page.map(withPlace);
  const lines = new EventLines(colorsFor(process.stdout));
  return (page) => {
    const events = page.map(({ seq, text }) => ({ seq, event: JSON.parse(text) as Envelope }));
    const width = wide ? Number.POSITIVE_INFINITY : widthOf(process.stdout);
    return lines.lines(events, Date.now() / 1000).map((line) => cut(line, width));
  };
}

/** The publisher's own text with the event's place behind it: the last of two equal names counts. */
function withPlace({ seq, appendedAt, text }: LoggedText): string {
  const end = text.lastIndexOf('}');
  return `${text.slice(0, end).trimEnd()},"seq":${seq},"appended_at":${appendedAt}}`;
}
