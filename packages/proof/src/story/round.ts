import { statfsSync } from 'node:fs';
import { check } from '../check/check.js';
import { noCounts, type Verdict } from '../check/verdict.js';
import { describe, type Fault } from './fault.js';
import { play } from './play.js';
import { Stage } from './stage.js';
import type { Tally } from './tally.js';

export interface RoundOptions {
  /** A folder of this round's own; it must be there. */
  dir: string;
  /** Of the events. */
  seed: string;
  faults: readonly Fault[];
  tally: Tally;
  /** Hears of each fault when it has been played. */
  onFault?: (fault: Fault) => void;
  signal?: AbortSignal | undefined;
  /** Settings of all programs beside the stage's own. */
  env?: Readonly<Record<string, string>> | undefined;
}

export interface Round {
  /** Of a round that could not be judged: not ok, and nothing counted. */
  verdict: Verdict;
  /** Why it could not be judged. */
  unjudged?: string;
  /** What each program said last, where something was wrong. */
  tails: string;
}

/**
 * One round: a system under load, faults one after the other, then peace, and the check of everything. A fault
 * that could not be brought about, or that the system did not take as it must, makes the verdict as bad as a lost
 * event does, and ends the round's faults. A system that does not come to rest is not judged: what it still has to
 * deliver is not lost.
 */
export async function playRound(options: RoundOptions): Promise<Round> {
  const { dir, seed, faults, tally, onFault, signal, env } = options;
  const stage = await Stage.set({ dir, seed, tally, env });
  const failures: string[] = [];
  try {
    for (const fault of faults) {
      if (signal?.aborted || failures.length > 0) break;
      try {
        await play(stage, fault);
      } catch (error) {
        failures.push(`${describe(fault)}: ${(error as Error).message}`);
      }
      onFault?.(fault);
    }
    const unrest = await settle(stage, failures);
    if (unrest !== undefined) return notJudged(dir, [...failures, unrest], stage.system.tails());
    const verdict = judge(stage, failures);
    return { verdict, tails: verdict.ok ? '' : stage.system.tails() };
  } finally {
    await stage.close();
  }
}

/** Lets everything come to rest; returns why it did not. */
async function settle(stage: Stage, failures: string[]): Promise<string | undefined> {
  const { system, load } = stage;
  try {
    await stage.recover();
    await load.finishPublishing();
    await load.sendRaw();
    const end = await system.settled();
    await load.finishWatching(end);
    for (const program of [system.collector, system.bus]) {
      const { code } = await program.stop();
      if (code !== 0) failures.push(`the ${program.name} did not end in good order: ${program.tail()}`);
    }
    return undefined;
  } catch (error) {
    await system.close();
    return `the system did not come to rest: ${(error as Error).message}`;
  }
}

function judge({ system: { dataDir }, load }: Stage, failures: readonly string[]): Verdict {
  const { seed, padding_max, lives, watches } = load;
  const { ok, counts, violations } = check({ dataDir, seed, padding_max, lives, watches });
  return { ok: ok && failures.length === 0, counts, violations: [...failures, ...violations] };
}

/** A round of which nothing can be said, in a folder. */
export function notJudged(dir: string, failures: readonly string[], tails = ''): Round {
  const verdict = { ok: false, counts: noCounts(), violations: [...failures] };
  return { verdict, unjudged: causeOf(dir, failures), tails };
}

/** Less than a segment and what is written about it: nothing goes on. */
const room_bytes_min = 4 * 1024 * 1024;
const cause_chars_max = 240;

/** In one line: a disk that is really full explains whatever came of it; else what went wrong first. */
function causeOf(dir: string, failures: readonly string[]): string {
  const { bavail, bsize } = statfsSync(dir);
  const free_bytes = bavail * bsize;
  if (free_bytes < room_bytes_min) {
    return `the disk of ${dir} is full (${(free_bytes / 1024 ** 2).toFixed(1)} MB left)`;
  }
  const [line = ''] = (failures[0] ?? '').split('\n');
  return line.length > cause_chars_max ? `${line.slice(0, cause_chars_max)}…` : line;
}
