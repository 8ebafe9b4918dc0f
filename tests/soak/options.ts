import { parseArgs } from 'node:util';

export interface SoakOptions {
  /** How long events are published. */
  minutes: number;
  /** Events a second, of all publishers together. */
  rate: number;
  publishers: number;
  /** How often each of bus, collector and publishers is restarted, in the first half of the time. */
  restarts: number;
  /** How long, after that, nothing happens and the CPU is watched; 0 leaves it out. */
  idleMinutes: number;
  /** Seconds between two samples. */
  every_s: number;
  /** Where samples, logs and the summary go; undefined makes a folder of its own. */
  out: string | undefined;
  seed: string;
  /** The log is kept below this by retention. */
  logBytesMax: number;
  /** The store is kept below this by the collector, where it can. */
  storeBytesMax: number;
}

export const usage = `pnpm soak [options]: the real system under load for a long time, with restarts

  --minutes <n>        how long events are published (60)
  --rate <n>           events a second, all publishers together (5000)
  --publishers <n>     how many processes publish (2)
  --restarts <n>       restarts of each of bus, collector and publishers, in the first half (minutes / 12, at least 2)
  --idle-minutes <n>   then so long nothing happens: the CPU at rest (0)
  --every <seconds>    between two samples (5, or 1 in a run below 10 minutes)
  --log-mb <n>         size of the log that retention keeps to (128)
  --store-mb <n>       size of the store that the collector keeps to, where it can (1024)
  --seed <text>        of what the events say and of who is killed
  --out <folder>       for samples.ndjson, summary.json and the programs' logs (a new one in the temporary folder)

Ends with 1 where a bound is broken, and names it.
`;

/** Throws `TypeError` with what is wrong. */
export function parseOptions(argv: readonly string[]): SoakOptions | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: argv.filter((arg) => arg !== '--'),
    options: {
      minutes: text,
      rate: text,
      publishers: text,
      restarts: text,
      'idle-minutes': text,
      every: text,
      'log-mb': text,
      'store-mb': text,
      seed: text,
      out: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const minutes = readNumber('--minutes', values.minutes, 60);
  return {
    minutes,
    rate: readNumber('--rate', values.rate, 5_000),
    publishers: readNumber('--publishers', values.publishers, 2),
    restarts: Math.round(readNumber('--restarts', values.restarts, Math.max(2, Math.round(minutes / 12)), 0)),
    idleMinutes: readNumber('--idle-minutes', values['idle-minutes'], 0, 0),
    every_s: readNumber('--every', values.every, minutes < 10 ? 1 : 5),
    logBytesMax: readNumber('--log-mb', values['log-mb'], 128) * 1024 * 1024,
    storeBytesMax: readNumber('--store-mb', values['store-mb'], 1_024) * 1024 * 1024,
    seed: values.seed ?? Math.floor(Math.random() * 2 ** 32).toString(36),
    out: values.out,
  };
}

function readNumber(flag: string, text: string | undefined, otherwise: number, min = 0.1): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= min) return number;
  throw new TypeError(`${flag}: expected a number from ${min} on, found ${text}`);
}
