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

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((arg) => arg !== '--'),
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      only: { type: 'string' },
      replay: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = choose(values.only);
  if (values.help || chosen === undefined || !(Number(values.minutes) > 0)) {
    process.stderr.write(usage);
    return values.help ? 0 : 2;
  }
  if (values.replay !== undefined) return replay(values.replay);
  return fuzz(chosen, Number(values.minutes), Number(values.seed ?? Math.floor(Math.random() * 2 ** 31)));
}

function choose(only: string | undefined): readonly Target[] | undefined {
  if (only === undefined) return targets;
  const names = only.split(',');
  const found = targets.filter(({ name }) => names.includes(name));
  return found.length === names.length ? found : undefined;
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
