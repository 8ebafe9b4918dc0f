import { createRequire } from 'node:module';
import { BittenError } from '@bitten/schema';
import { describeError } from './errors.js';

/** What a log line holds of an error. */
interface LoggedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
}

/**
 * An error of ours says what is wrong and what to do: its stack is noise, except to who asked for `debug`. Any
 * other error is a surprise, and its stack is what one needs.
 */
export function serializeError(error: unknown, level: string): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  const isExpected = error instanceof BittenError && level !== 'debug' && level !== 'trace';
  return {
    type: error.name,
    message: describeError(error),
    ...(typeof code === 'string' && { code }),
    ...(!isExpected && error.stack !== undefined && { stack: withCauses(error) }),
  };
}

// Loaded only by who has a person reading along.
const loadPretty = () => createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty');

/** Turns pino's JSON line into one for people: `16:45:40.123 INFO  bus/ingest ready port=5572`. */
export function createPrettifier(options: { colour: boolean }): (line: string) => string {
  return loadPretty().prettyFactory({
    colorize: options.colour,
    // Everything is laid out by `layOut`; nothing is left for pino-pretty to add.
    ignore: 'level,time,app,pid,component',
    hideObject: true,
    errorLikeObjectKeys: [],
    messageFormat: (log, messageKey, _label, { colors }) => {
      const paint: Record<string, (text: string) => string> = {
        fatal: colors.bgRed,
        error: colors.red,
        warn: colors.yellow,
        info: colors.green,
        debug: colors.blue,
        trace: colors.gray,
      };
      const level = String(log.level);
      const from = log.component === undefined ? String(log.app) : `${log.app}/${log.component}`;
      const pairs = describePairs(log, messageKey);
      const line = [
        colors.gray(clockTime(String(log.time))),
        (paint[level] ?? colors.white)(level.toUpperCase().padEnd(5)),
        colors.cyan(from),
        String(log[messageKey] ?? ''),
        ...(pairs === '' ? [] : [colors.gray(pairs)]),
      ].join(' ');
      const stack = (log.err as LoggedError | undefined)?.stack;
      return stack === undefined ? line : `${line}\n${colors.gray(stack)}`;
    },
  });
}

const laidOut = new Set(['level', 'time', 'app', 'pid', 'component']);

function describePairs(log: Record<string, unknown>, messageKey: string): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(log)) {
    if (laidOut.has(key) || key === messageKey) continue;
    pairs.push(key === 'err' ? quote((value as LoggedError).message, 'error') : quote(value, key));
  }
  return pairs.join(' ');
}

/** `key=value`, quoted where the value holds white space, so that a line can be split again. */
function quote(value: unknown, key: string): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${key}=${/[\s"=]/.test(text) && typeof value === 'string' ? JSON.stringify(text) : text}`;
}

/** The local time of day to the millisecond; the date is in the JSON form, where logs are kept. */
function clockTime(iso: string): string {
  const time = new Date(iso);
  const two = (number: number) => String(number).padStart(2, '0');
  const milliseconds = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${milliseconds}`;
}

function withCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\n  caused by: ${withCauses(error.cause)}` : own;
}
