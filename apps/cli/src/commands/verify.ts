import { existsSync } from 'node:fs';
import { BittenError } from '@bitten/schema';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { colorsFor } from '../show/terminal.js';
import { describeVerification } from '../verify/describe.js';
import { examine, isSound } from '../verify/examine.js';

interface VerifyOptions {
  log?: true;
  store?: true;
  json?: true;
}

const progress_ms = 200;

export function addVerify(command: Command, context: CommandContext): void {
  command
    .option('--log', 'only the log, its cursors and the spools')
    .option('--store', 'only the store (the log is read all the same: the store is held against it)')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  bitten verify
  bitten verify --json | jq '.log.findings'

Reads every byte of the log and every row of the store, also while bus and collector run, and changes nothing.
Exit codes: 0 sound, 1 damage found, 2 called wrongly.
`,
    )
    .action((options: VerifyOptions) => verify(options, context));
}

async function verify(options: VerifyOptions, { program, signal, exitWith }: CommandContext): Promise<void> {
  const { dataDir } = resolveSettings(program);
  if (!existsSync(dataDir)) throw new MissingFolderError(dataDir);
  const both = options.log === options.store;
  const progress = startProgress();
  try {
    const verification = await examine({
      dataDir,
      log: both || options.log === true,
      store: both || options.store === true,
      signal,
      onStep: progress.step,
      onProgress: progress.events,
    });
    progress.stop();
    const sound = isSound(verification);
    if (options.json) process.stdout.write(`${JSON.stringify({ sound, ...verification })}\n`);
    else process.stdout.write(describeVerification(verification, colorsFor(process.stdout)));
    exitWith(sound ? 0 : 1);
  } finally {
    progress.stop();
  }
}

/** There is nothing to verify. */
class MissingFolderError extends BittenError {
  constructor(dataDir: string) {
    super('missing_folder', `there is no data folder at ${dataDir}`, {
      found: 'no folder',
      expected: 'the folder of a bus',
      remedy: 'say where it is: --data-dir',
    });
  }
}

interface Progress {
  step: (name: string) => void;
  events: (count: number) => void;
  stop: () => void;
}

/** What is being read, on one line of a terminal that is written over; nowhere else. */
function startProgress(): Progress {
  if (process.stderr.isTTY !== true) return { step: () => {}, events: () => {}, stop: () => {} };
  let step = '';
  let shownAt = 0;
  const show = (text: string) => process.stderr.write(`\r\u001b[K${text}`);
  return {
    step: (name) => {
      step = name;
      show(step);
    },
    events: (count) => {
      const now = performance.now();
      if (now - shownAt < progress_ms) return;
      shownAt = now;
      show(`${step}: ${count.toLocaleString('en')} events`);
    },
    stop: () => {
      if (step !== '') show('');
      step = '';
    },
  };
}
