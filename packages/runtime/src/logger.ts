import { createRequire } from 'node:module';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { createPrettifier, serializeError } from './logger-pretty.js';
import type { Environment } from './settings/place.js';

export type { Logger } from 'pino';

export interface CreateLoggerOptions {
  /** The program: `bus`, `collector`. Parts of it log through `log.child({ component: 'ingest' })`. */
  app: string;
  /** Default `info`. */
  level?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Default `auto`: pretty on a terminal, JSON elsewhere. */
  format?: 'auto' | 'pretty' | 'json';
  /** Default `process.env`: `NO_COLOR` and `FORCE_COLOR` are honoured. */
  env?: Environment;
  /** Default standard error; for tests. A terminal is recognised by `isTTY`. */
  destination?: DestinationStream & { isTTY?: boolean };
}

/**
 * A logger of one short line a message, to standard error: standard output belongs to data.
 *
 * Lines are written synchronously, so that the last words of a dying process are there. A reader that has gone
 * away (EPIPE) silences the log and nothing else.
 */
export function createLogger(options: CreateLoggerOptions): Logger {
  const { level = 'info', format = 'auto', env = process.env } = options;
  const { pino } = loadPino();
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true });
  const onTerminal =
    options.destination?.isTTY ?? (options.destination === undefined && process.stderr.isTTY === true);
  const pinoOptions: LoggerOptions = {
    level,
    base: { app: options.app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => serializeError(error, level) },
  };
  const isPretty = format === 'pretty' || (format === 'auto' && onTerminal);
  if (!isPretty) return pino(pinoOptions, destination);
  const prettify = createPrettifier({ colour: wantsColour(env, onTerminal) });
  return pino(pinoOptions, { write: (line) => void destination.write(prettify(line)) });
}

// Commands that log nothing shall not wait for a logger to load.
const loadPino = () => createRequire(import.meta.url)('pino') as typeof import('pino');

/** See no-color.org: any value that is not empty counts. */
function wantsColour(env: Environment, onTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return onTerminal && env.TERM !== 'dumb';
}
