import { check } from '../check/check.js';
import type { Verdict } from '../check/verdict.js';
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
  verdict: Verdict;
  /** What each program said last, where something was wrong. */
  tails: string;
}

/**
 * One round: a system under load, faults one after the other, then peace, and the check of everything. A fault
 * that could not be brought about, or that the system did not take as it must, makes the verdict as bad as a lost
 * event does, and ends the round's faults.
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
    const verdict = await settle(stage, failures);
    return { verdict, tails: verdict.ok ? '' : stage.system.tails() };
  } finally {
    await stage.close();
  }
}

/** Lets everything come to rest and judges. */
async function settle(stage: Stage, failures: string[]): Promise<Verdict> {
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
  } catch (error) {
    failures.push(`the system did not come to rest: ${(error as Error).message}`);
    await system.close();
  }
  const { dataDir } = system;
  const { seed, padding_max, lives, watches } = load;
  const { ok, counts, violations } = check({ dataDir, seed, padding_max, lives, watches });
  return { ok: ok && failures.length === 0, counts, violations: [...failures, ...violations] };
}
