import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Failure, runInput } from './run-case.js';
import type { Target } from './target.js';
import { targets } from './targets/index.js';
import { watch } from './watch.js';

const usage = `pnpm fuzz [--minutes N] [--seed S] [--only DECODER] [--replay FILE]

  --minutes N      how long, for all decoders together (default 5)
  --seed S         the same cases again (default: a fresh one, printed)
  --only DECODER   one decoder, or several with commas: ${targets.map(({ name }) => name).join(', ')}
  --replay FILE    run the input of a failure once more
`;

/** How long one decoder runs before it is the next one's turn. */
const turn_ms = 4_000;

interface Tally {
  cases: number;
  next: number;
  failures: Failure[];
  rss_bytes_max: number;
}

interface Options {
  minutes: number;
  seed: number;
  chosen: readonly Target[];
  replay: string | undefined;
}

async function main(): Promise<number> {
  let options: Options | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    const words = (error as Error).message.replaceAll('\n', ' ');
    process.stderr.write(`${words}; --help shows how it is called\n`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const { minutes, seed, chosen } = options;
  return options.replay === undefined ? fuzz(chosen, minutes, seed) : replay(options.replay);
}

/** Throws `TypeError` with what is wrong. */
function parseOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: argv.filter((arg) => arg !== '--'),
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      replay: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  return {
    minutes: readNumber('--minutes', values.minutes, 0.01) ?? 5,
    seed: readNumber('--seed', values.seed, 0) ?? Math.floor(Math.random() * 2 ** 31),
    chosen: choose(values.only),
    replay: values.replay,
  };
}

function readNumber(flag: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= min) return number;
  throw new TypeError(`${flag}: expected a number from ${min} on, found ${text}`);
}

function choose(only: string | undefined): readonly Target[] {
  if (only === undefined) return targets;
  const names = only.split(',');
  const unknown = names.filter((each) => !targets.some(({ name }) => name === each));
  if (unknown.length === 0) return targets.filter(({ name }) => names.includes(name));
  const all = targets.map(({ name }) => name).join(', ');
  throw new TypeError(`--only: expected one of ${all}, found ${unknown.join(', ')}`);
}

/** In turns, until the time is over. A decoder that fails goes on behind the case that made it. */
async function fuzz(chosen: readonly Target[], minutes: number, seed: number): Promise<number> {
  process.stdout.write(`seed ${seed}, ${minutes} minutes, ${chosen.length} decoders\n`);
  const tallies = new Map(
    chosen.map((target) => [target, { cases: 0, next: 0, failures: [], rss_bytes_max: 0 } as Tally]),
  );
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) {
    const turn = Math.min(turn_ms, (minutes * 60_000) / chosen.length);
    for (const [target, tally] of tallies) {
      if (performance.now() >= end && tally.cases > 0) break;
      const outcome = await watch({ target, seed, from: tally.next, time_ms: turn });
      tally.cases += outcome.ran;
      tally.next = outcome.next;
      tally.rss_bytes_max = Math.max(tally.rss_bytes_max, outcome.rss_bytes);
      if (outcome.failure !== undefined) report(outcome.failure, tally);
    }
  }
  let failed = 0;
  for (const [{ name }, { cases, failures, rss_bytes_max }] of tallies) {
    const mib = Math.round(rss_bytes_max / 1024 ** 2);
    process.stdout.write(
      `${name.padEnd(24)} ${String(cases).padStart(9)} cases, ${failures.length} failures, ${mib} MiB\n`,
    );
    failed += failures.length;
  }
  const cases = [...tallies.values()].reduce((sum, tally) => sum + tally.cases, 0);
  process.stdout.write(`${cases} cases, ${failed} failures; seed ${seed}\n`);
  return failed === 0 ? 0 : 1;
}

/** Of one decoder the first few are enough to look at. */
const failures_kept_max = 5;

function report(failure: Failure, tally: Tally): void {
  tally.failures.push(failure);
  if (tally.failures.length > failures_kept_max) return;
  const folder = join(import.meta.dirname, '..', 'failures');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${failure.target}-${failure.seed}-${failure.index}.json`);
  writeFileSync(file, `${JSON.stringify(failure, null, 1)}\n`);
  process.stdout.write(
    `${failure.target}: ${failure.why.split('\n').slice(0, 3).join(' | ')}\n  pnpm fuzz --replay ${file}\n`,
  );
}

async function replay(file: string): Promise<number> {
  const failure = JSON.parse(readFileSync(file, 'utf8')) as Failure;
  const target = targets.find(({ name }) => name === failure.target);
  if (target === undefined) throw new Error(`there is no decoder ${failure.target}`);
  const why = await runInput(target, Buffer.from(failure.input, 'base64'));
  process.stdout.write(why === undefined ? 'all is well now\n' : `${why}\n`);
  return why === undefined ? 0 : 1;
}

process.exitCode = await main();
