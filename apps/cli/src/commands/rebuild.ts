import { existsSync, linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock, UsageError } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import { LogInspector } from '@bitten/storage/log';
import { refuseRebuilt } from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { type Built, build } from '../rebuild/build.js';
import { askEnds } from '../rebuild/ends.js';
import { handOver } from '../rebuild/hand-over.js';
import { resolveSettings } from '../settings.js';
import { say } from '../show/terminal.js';

interface RebuildOptions {
  loseBefore?: string;
  keepOld?: true;
  json?: true;
}

/** A collector that applies a page or brings over the last rows; and readers that end first. */
const handOver_ms = 60_000;
const progress_ms = 2_000;

export function addRebuild(command: Command, context: CommandContext): void {
  command
    .option('--keep-old', 'keep the old file beside the new one (one that could not be read is always kept)')
    .option('--lose-before <seq>', 'give up events before this place that neither log nor old store can give')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  bitten rebuild
  bitten rebuild --lose-before 48211

Makes the store anew from the log beside the one in use and puts it in its place, also while bus and collector run:
the collector goes on with the new one. Events that only the old store still has are carried over. Whoever has the
old file open goes on reading it as it was, until it is opened again.
`,
    )
    .action((options: RebuildOptions) => rebuild(options, context));
}

async function rebuild(options: RebuildOptions, { program, signal }: CommandContext): Promise<void> {
  const settings = resolveSettings(program);
  const { dataDir } = settings;
  const loseBefore = readPlace(options.loseBefore);
  const file = join(dataDir, storeFile);
  const logId = readLogId(dataDir);
  const lock = acquireLock({ dir: dataDir, role: 'rebuild' });
  const begunAt = performance.now();
  try {
    const built = await build({
      dataDir,
      file,
      logId,
      askEnds: () => askEnds(settings, logId, signal),
      loseBefore,
      signal,
      onProgress: tellNowAndThen(),
    });
    const keepsOld = options.keepOld === true || built.oldTrouble !== null;
    const keepAs = keepsOld && existsSync(file) ? keep(file) : null;
    const by = await handOver({ dataDir, file, timeout_ms: handOver_ms, signal }).catch((error: unknown) => {
      if (keepAs !== null) for (const suffix of ['', '-wal']) rmSync(keepAs + suffix, { force: true });
      refuseRebuilt(file);
      throw error;
    });
    const seconds = (performance.now() - begunAt) / 1000;
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ ...built, file, kept: keepAs, by, seconds })}\n`);
    } else process.stdout.write(describe(built, { file, keepAs, by, seconds }));
  } finally {
    lock.release();
  }
}

function readPlace(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`--lose-before: expected a place in the log, a number from 1 on, found ${text}`);
}

function readLogId(dataDir: string): string {
  const dir = join(dataDir, 'log');
  const id = existsSync(dir) ? new LogInspector({ dir }).report.id : null;
  if (id !== null) return id;
  throw new BittenError('missing_log', `there is no log in ${dataDir}`, {
    found: existsSync(dir) ? 'no identity (log.json)' : 'no folder',
    expected: 'the log that the store is a projection of',
    remedy: 'say where it is: --data-dir; or restore log/log.json from a backup',
  });
}

function tellNowAndThen(): (events: number) => void {
  let toldAt = performance.now();
  return (events) => {
    if (performance.now() - toldAt < progress_ms) return;
    toldAt = performance.now();
    say(`${events.toLocaleString('en')} events in the new store`);
  };
}

/** Second names for the old file and what belongs to it: they stay when the new one takes the first. */
function keep(file: string): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '');
  const kept = `${file}.old-${time}Z`;
  for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) linkSync(file + suffix, kept + suffix);
  return kept;
}

interface Outcome {
  file: string;
  keepAs: string | null;
  by: 'rebuild' | 'collector';
  seconds: number;
}

function describe(built: Built, { file, keepAs, by, seconds }: Outcome): string {
  const { events, dead_letters, carried, lost, oldTrouble } = built;
  const lines = [
    `${file} is made anew: ${events} events and ${dead_letters} dead letters from the log, in ${seconds.toFixed(1)} s`,
  ];
  if (carried.events + carried.dead_letters > 0) {
    lines.push(
      `not in the log any more, taken from the old store: ${carried.events} events and ${carried.dead_letters} dead letters`,
    );
  }
  for (const { log, from, to } of lost) lines.push(`not there any more: ${log} ${from} to ${to - 1}`);
  if (oldTrouble !== null) lines.push(`the old store could not be read: ${oldTrouble}`);
  if (keepAs !== null) lines.push(`the old file is kept: ${keepAs}`);
  lines.push(by === 'collector' ? 'the collector goes on with it' : 'the next collector goes on with it');
  return `${lines.join('\n')}\n`;
}
