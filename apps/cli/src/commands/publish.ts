import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '@bitten/runtime';
import { withAliases } from '@bitten/schema';
import type { Command } from 'commander';
import { type CommandContext, repeatedOption } from '../command.js';
import { readData } from '../publish/data.js';
import { ReceiptPrinter } from '../publish/receipt-printer.js';
import { fillIn, type TemplateValues } from '../publish/templates.js';
import { resolveSettings } from '../settings.js';
import { colorsFor, say } from '../show/terminal.js';
import { parseDuration, readTimestamp } from '../time.js';

interface PublishOptions {
  data?: string[];
  source?: string;
  user?: string;
  session?: string;
  correlation?: string;
  timestamp?: string;
  count?: string;
  sleep?: string;
  json?: true;
}

/** Who says so when a person publishes by hand and does not say it: not the component they stand in for. */
const defaultSource = 'cli';

export function addPublish(command: Command, context: CommandContext): void {
  command
    .argument('<type>', 'the event type: signal_generated, …; any other name is allowed')
    .argument('[json]', 'the data as a JSON object; - or nothing reads lines of JSON from standard input')
    .addOption(repeatedOption('-d, --data <name=value>', 'a field of the data, laid over the JSON'))
    .option('--source <name>', `which component says so (default: ${defaultSource})`)
    .option('--user <id>', "the user it concerns; also the data's, where the type has one there")
    .option('--session <id>', "the user's session")
    .option('--correlation <id>', 'what belongs together (default: the signal or fire id in the data)')
    .option('--timestamp <time>', 'when it happened: ISO 8601 or Unix seconds (default: now)')
    .option('-n, --count <n>', 'publish it so many times')
    .option('--sleep <duration>', 'wait so long after each')
    .option('--json', 'print receipts as JSON, one a line')
    .addHelpText('after', examples)
    .action((type: string, json: string | undefined, options: PublishOptions) =>
      publish(type, json, options, context),
    );
}

const examples = `
Templates, in the data and the ids: {{Count}} 1, 2, 3 …, {{Time}} ISO 8601, {{Unix}} Unix seconds, {{ID}} a UUID.

Examples:
  bitten publish user_action '{"user_id":"7176191872","action":"login"}'
  bitten publish user_action -d action=login --user 7176191872
  bitten publish market_data -d symbol=EURUSD -d bid=1.0841 -d ask=1.0843 --source mt5_feed
  bitten publish heartbeat '{"n":{{Count}},"id":"{{ID}}"}' --count 100 --sleep 10ms
  jq -c .data signals.jsonl | bitten publish signal_generated --json

A receipt is printed when the bus has the event on its disk. An event that breaks a rule of its type is kept in the
dead letters, the reasons are printed, and the exit code is 1. One that holds a secret is neither sent nor kept.
`;

async function publish(
  type: string,
  json: string | undefined,
  options: PublishOptions,
  context: CommandContext,
): Promise<void> {
  const settings = resolveSettings(context.program);
  const plan = readPlan(options);
  const inputs = readInputs(json, options);
  const publisher = new ReceiptPrinter(settings, { json: options.json === true });
  try {
    let count = 0;
    for await (const input of inputs) {
      for (let round = 0; round < plan.count && !context.signal.aborted; round += 1) {
        count += 1;
        const values = { count, now: Date.now() / 1000 };
        const data = readTyped(input, { fields: options.data ?? [], values });
        if (data === undefined) {
          context.exitWith(1);
          break;
        }
        const envelope = envelopeOf(options, values);
        await publisher.publish(input.where, {
          event_type: type,
          data: withAliases(type, data, values.now, envelope.user_id),
          source: options.source ?? defaultSource,
          ...envelope,
        });
        if (plan.sleep_ms > 0) await sleep(plan.sleep_ms, undefined, { signal: context.signal });
      }
    }
    await publisher.settled();
    if (count === 0) throw new UsageError('standard input held no event', 'write one JSON object a line');
    if (publisher.refused > 0) context.exitWith(1);
  } finally {
    await publisher.close();
  }
}

function readPlan({ count = '1', sleep: pause }: PublishOptions): { count: number; sleep_ms: number } {
  if (!/^[1-9]\d*$/.test(count)) throw new UsageError(`--count: expected a number from 1 on, found ${count}`);
  return { count: Number(count), sleep_ms: pause === undefined ? 0 : parseDuration(pause, '--sleep') };
}

function envelopeOf(options: PublishOptions, values: { count: number; now: number }) {
  const { user, session, correlation, timestamp } = options;
  const time = timestamp === undefined ? undefined : readTimestamp(timestamp);
  if (timestamp !== undefined && time === undefined) {
    throw new UsageError(
      `--timestamp: expected a time, found ${JSON.stringify(timestamp)}`,
      'write 2025-08-21T17:58:37Z or 1755799117.73',
    );
  }
  return {
    ...(user === undefined ? {} : { user_id: fillIn(user, values) }),
    ...(session === undefined ? {} : { session_id: fillIn(session, values) }),
    ...(correlation === undefined ? {} : { correlation_id: fillIn(correlation, values) }),
    ...(time === undefined ? {} : { timestamp: time }),
  };
}

/** One line of many that is no JSON is told and passed over; what was typed as the only one is a usage error. */
function readTyped(
  input: Input,
  { fields, values }: { fields: readonly string[]; values: TemplateValues },
): Record<string, unknown> | undefined {
  try {
    return readData({ ...input, fields }, values);
  } catch (error) {
    if (!input.isOneOfMany || !(error instanceof UsageError)) throw error;
    say(`${colorsFor(process.stderr).red('invalid')}: ${error.message}`);
    return undefined;
  }
}

interface Input {
  /** For messages; names the line where there are many. */
  where: string;
  json: string | undefined;
  isOneOfMany: boolean;
}

async function* readInputs(json: string | undefined, options: PublishOptions): AsyncGenerator<Input> {
  if (json !== undefined && json !== '-') yield { where: 'the data', json, isOneOfMany: false };
  else if (json === undefined && options.data !== undefined) {
    yield { where: 'the data', json: undefined, isOneOfMany: false };
  } else {
    if (json === undefined && process.stdin.isTTY) {
      throw new UsageError(
        'there is no data',
        `give it as JSON, as --data name=value, or lines of it on standard input`,
      );
    }
    let line = 0;
    for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text.trim() !== '') yield { where: `line ${line}`, json: text, isOneOfMany: true };
    }
  }
}
