import { userInfo } from 'node:os';
import { type RecordedAlert, running_s } from '@bitten/notify';
import { UsageError } from '@bitten/runtime';
import type { Command } from 'commander';
import { withBook } from '../alerts/book.js';
import { alertTable, alertText, channelTable, silenceTable } from '../alerts/show.js';
import { sendTest } from '../alerts/test-channel.js';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { colorsFor, say } from '../show/terminal.js';
import { parseDuration } from '../time.js';

interface SilenceOptions {
  rule?: string;
  key?: string;
  for: string;
  reason: string;
}

const limit_max = 1_000;

/** The commands for what the alerts have recorded: they work whether the alerts run or not. */
export function addKeptAlerts(command: Command, context: CommandContext): void {
  const dataDir = () => resolveSettings(context.program).dataDir;
  const add = (usage: string, summary: string) =>
    command.command(usage).description(summary).copyInheritedSettings(command);
  add('list', 'show what is open; with --all, what is over as well')
    .option('--all', 'also what is over')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print JSON, one alert a line')
    .action((options: { all?: true; limit: string; json?: true }) => list(dataDir(), options));
  add('show <id>', 'show one alert, and who was told')
    .option('--json', 'print JSON')
    .action((id: string, { json }: { json?: true }) => show(dataDir(), id, json === true));
  add('ack <id>', 'say that somebody has taken it up')
    .option('--note <text>', 'what there is to say about it')
    .action((id: string, { note }: { note?: string }) => {
      withBook(dataDir(), (book) => book.acknowledge(id, { by: userName(), note: note ?? null }));
      process.stdout.write(`${id}: acknowledged\n`);
    });
  add('silence', 'deliver nothing of a rule or key for a while; it is recorded all the same')
    .option('--rule <name>', 'of this rule alone')
    .option('--key <key>', 'of this key alone')
    .requiredOption('--for <duration>', 'how long: 30min, 2h, 1d')
    .requiredOption('--reason <text>', 'why, for others to read')
    .action((options: SilenceOptions) => silence(dataDir(), options));
  add('silences', 'show what is silenced, and until when')
    .option('--json', 'print JSON, one silence a line')
    .action(({ json }: { json?: true }) => {
      const silences = withBook(dataDir(), (book) => book.silences.list());
      if (json) printLines(silences);
      else if (silences.length === 0) say('nothing is silenced');
      else process.stdout.write(`${silenceTable(silences, now())}\n`);
    });
  add('unsilence <id>', 'end a silence').action((id: string) => {
    withBook(dataDir(), (book) => book.silences.end(wholeNumber(id, '<id>')));
    process.stdout.write(`silence ${id} is over\n`);
  });
  add('channels', 'show what each channel has delivered, and what waits')
    .option('--json', 'print JSON, one channel a line')
    .action(({ json }: { json?: true }) => channels(dataDir(), json === true));
  add(
    'test <channel> [file]',
    'send a trial notification to a channel of a rule file (default: alerts.yaml)',
  ).action((channel: string, file = 'alerts.yaml') => sendTest(channel, file, context.signal));
}

function list(dataDir: string, { all, limit, json }: { all?: true; limit: string; json?: true }): void {
  const count = Math.min(limit_max, wholeNumber(limit, '--limit'));
  const alerts = withBook(dataDir, (book) =>
    all ? book.history({ limit: count }) : book.open().slice(0, count),
  );
  if (json) printLines(alerts);
  else if (alerts.length === 0) say(all ? 'there has been no alert' : 'nothing is open');
  else process.stdout.write(`${alertTable(alerts, now())}\n`);
}

function show(dataDir: string, id: string, isJson: boolean): void {
  const alert = withBook(dataDir, (book): RecordedAlert | null => book.alert(id));
  if (alert === null)
    throw new UsageError(`there is no alert ${id}`, 'bitten alerts list --all prints the ids');
  process.stdout.write(
    `${isJson ? JSON.stringify(alert) : alertText(alert, colorsFor(process.stdout), now())}\n`,
  );
}

function silence(dataDir: string, { rule, key, for: length, reason }: SilenceOptions): void {
  const until = now() + parseDuration(length, '--for') / 1000;
  const { id } = withBook(dataDir, (book) =>
    book.silence({ rule: rule ?? null, key: key ?? null, until, reason, by: userName() }),
  );
  process.stdout.write(`silence ${id}; bitten alerts unsilence ${id} ends it\n`);
}

function channels(dataDir: string, isJson: boolean): void {
  const { status, counts } = withBook(dataDir, (book) => ({
    status: book.status(),
    counts: book.outbox.counts(),
  }));
  const named = status?.channels ?? [];
  const names = [
    ...new Set([...named, ...counts.map(({ channel }) => ({ name: channel }))].map((c) => c.name)),
  ];
  const none = { waiting: 0, delivered: 0, given_up: 0, last_error: null };
  const rows = names.map((name) => ({
    ...none,
    ...counts.find(({ channel }) => channel === name),
    channel: name,
    kind: named.find((each) => each.name === name)?.kind ?? null,
  }));
  if (isJson) printLines(rows);
  else if (rows.length > 0) process.stdout.write(`${channelTable(rows)}\n`);
  if (status?.isRunning !== true) say(`the alerts are not running (nothing heard for ${running_s} s)`);
  if (typeof status?.rules_problem === 'string') say(`older rules are in use: ${status.rules_problem}`);
}

function printLines(rows: readonly object[]): void {
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
}

function wholeNumber(text: string, what: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new UsageError(`${what}: expected a whole number, found ${text}`, 'write 1 or more');
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return null;
  }
}

function now(): number {
  return Date.now() / 1000;
}
