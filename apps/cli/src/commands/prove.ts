import { join, resolve } from 'node:path';
import { type FaultReport, notBuilt, runFaults } from '@bitten/proof';
import { UsageError } from '@bitten/runtime';
import { BittenError, shorten } from '@bitten/schema';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { describeProof } from '../prove/describe.js';
import { takeFolder } from '../prove/folder.js';
import { cutPower, type PowerSummary, proofOf } from '../prove/proof.js';
import { requireRoom } from '../prove/room.js';
import { resolveSettings } from '../settings.js';
import { count } from '../show/amount.js';
import { colorsFor, say } from '../show/terminal.js';
import { parseDuration } from '../time.js';

interface ProveOptions {
  dir?: string;
  for: string;
  seed?: string;
  json?: true;
}

const least_ms = 10_000;
/** Of the time given; the rest is for power cuts. */
const shareOfFaults = 0.6;

export function addProve(command: Command, context: CommandContext): void {
  command
    .option('--dir <folder>', 'where to do it: a new or empty folder (default: proof in the data folder)')
    .option('--for <duration>', 'for how long', '1m')
    .option('--seed <text>', 'choose the same faults again')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  bitten prove
  bitten prove --dir /mnt/data/proof --for 10m
  bitten prove --seed 1x2y3z --json | jq .counts

Runs a bus, a collector, publishers and a subscriber of its own on free ports, kills them at named places and at any
moment, cuts their connections, fills their disk, cuts the power, and compares what was acknowledged with what is
stored. It touches no running bus, and leaves nothing behind; where something was lost it keeps the evidence. It takes
all the processor there is for that time, and some 100 to 500 MB of the disk. Exit code 0: nothing was lost. 1: something
was, or it could not be judged. Ctrl-C ends it in order, with its report.
`,
    )
    .action((options: ProveOptions) => prove(options, context));
}

async function prove(options: ProveOptions, { program, signal, exitWith }: CommandContext): Promise<void> {
  const settings = resolveSettings(program);
  const time_ms = readTime(options.for);
  requireBuild();
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32).toString(36);
  const dir = resolve(options.dir ?? join(settings.dataDir, 'proof'));
  const faults_ms = time_ms * shareOfFaults;
  requireRoom({ dir, faults_s: faults_ms / 1_000 });
  const folder = takeFolder(dir);
  say(`proving in ${folder.dir} for ${options.for}, seed ${seed}; Ctrl-C ends it in order`);
  const begun_ms = performance.now();
  let keep = true;
  try {
    const faults = await runFaults({
      dir: folder.dir,
      seed,
      minutes: faults_ms / 60_000,
      signal,
      onProgress: tellNowAndThen(),
    });
    const power = faults.ok
      ? await powerCuts(folder.dir, { seed, until_ms: begun_ms + time_ms, signal })
      : null;
    const seconds = (performance.now() - begun_ms) / 1_000;
    const interrupted = signal.aborted;
    const proof = proofOf(faults, power, { dir: folder.dir, seconds, interrupted });
    // Of what was interrupted before anything was checked there is no evidence.
    keep = proof.violations.length > 0;
    if (options.json) process.stdout.write(`${JSON.stringify(proof)}\n`);
    else process.stdout.write(describeProof(proof, colorsFor(process.stdout)));
    if (keep) say(`what was left of it is kept in ${folder.dir}`);
    exitWith(proof.ok ? 0 : 1);
  } finally {
    folder.leave({ keep });
  }
}

/** Null where it was interrupted before anything could be said. */
async function powerCuts(
  dir: string,
  { seed, until_ms, signal }: { seed: string; until_ms: number; signal: AbortSignal },
): Promise<PowerSummary | null> {
  const onProgress = (cuts: number): void => say(count(cuts, 'power cut'));
  return cutPower({ dir, seed, until_ms, signal, onProgress });
}

export function readTime(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const found = `found ${shorten(text)} without a unit`;
    throw new UsageError(
      `--for: expected a duration, ${found}`,
      `write ${shorten(text)}s or ${shorten(text)}min`,
    );
  }
  // Nobody who writes 1m here means a metre or a month.
  const time_ms = parseDuration(text.replace(/^([\d.]+)m$/, '$1min'), '--for');
  if (time_ms >= least_ms) return time_ms;
  throw new UsageError(`--for: expected at least ${least_ms / 1_000} s, found ${text}`, 'write --for 1m');
}

function requireBuild(): void {
  const missing = notBuilt();
  if (missing.length === 0) return;
  throw new BittenError('not_built', 'the programs to be proven have not been built', {
    found: `no ${missing.join(', ')}`,
    expected: 'bus, collector and the programs of the proof',
    remedy: 'pnpm build',
  });
}

const progress_ms = 5_000;

function tellNowAndThen(): (report: FaultReport) => void {
  let toldAt_ms = performance.now();
  return ({ kills, elapsed_s, rounds }) => {
    if (performance.now() - toldAt_ms < progress_ms) return;
    toldAt_ms = performance.now();
    // A round takes up to a minute, and is checked at its end.
    const checked = rounds === 0 ? 'the first round goes on' : `${count(rounds, 'round')} checked`;
    say(`${Math.round(elapsed_s)} s: ${count(kills, 'process')} killed, ${checked}`);
  };
}
