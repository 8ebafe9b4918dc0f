import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@bitten/simulator';
import { addCounts, type Counts, noCounts } from '../check/verdict.js';
import { chooseFaults } from './choose.js';
import { type Fault, type FaultKind, faultKinds } from './fault.js';
import { notJudged, playRound, type Round, type RoundOptions } from './round.js';
import { noTally, type Tally } from './tally.js';

export interface FaultOptions {
  /** A folder that is there; each round has one of its own in it, removed when nothing was wrong. */
  dir: string;
  /** Until so many minutes have passed, or so many processes have been killed. One of the two. */
  minutes?: number;
  kills?: number;
  /** The same seed chooses the same faults. */
  seed: string;
  /** Default: all. */
  kinds?: readonly FaultKind[];
  onProgress?: (report: FaultReport, last: Fault | undefined) => void;
  /** Ends the story after the fault in hand; what there is by then is settled and judged. */
  signal?: AbortSignal;
}

export interface FaultReport extends Tally {
  seed: string;
  /** Whether something was checked, and nothing was wrong. */
  ok: boolean;
  /** Rounds that were checked. */
  rounds: number;
  /** The kinds asked for that have not come up. */
  unplayed: FaultKind[];
  /** Why the last round could not be judged; null where it could. */
  unjudged: string | null;
  elapsed_s: number;
  counts: Counts;
  /** In words, with the round; empty where nothing was wrong. */
  violations: string[];
  /** The folders of rounds in which something was wrong. */
  kept: string[];
}

/** Faults between two checks of everything. */
const faultsARound = 25;

/**
 * Plays faults upon a running system until the time is up or enough processes have been killed. A round that went
 * wrong ends the story, and its folder stays.
 */
export async function runFaults(options: FaultOptions): Promise<FaultReport> {
  const { dir, seed, kinds = faultKinds, onProgress, signal } = options;
  const tally = noTally();
  const begun_ms = performance.now();
  let counts = noCounts();
  let rounds = 0;
  let unjudged: string | null = null;
  const violations: string[] = [];
  const kept: string[] = [];
  const played = new Set<FaultKind>();
  const report = (): FaultReport => ({
    ...tally,
    seed,
    ok: violations.length === 0 && rounds > 0,
    rounds,
    unplayed: kinds.filter((kind) => !played.has(kind)),
    unjudged,
    elapsed_s: (performance.now() - begun_ms) / 1_000,
    counts,
    violations,
    kept,
  });
  const isOver = (): boolean => {
    const { kills = Number.POSITIVE_INFINITY, minutes = Number.POSITIVE_INFINITY } = options;
    return tally.kills >= kills || performance.now() - begun_ms >= minutes * 60_000;
  };
  while (!isOver() && violations.length === 0 && signal?.aborted !== true) {
    const roundDir = join(dir, `round-${rounds}`);
    mkdirSync(roundDir, { mode: 0o700 });
    const enough = new AbortController();
    const {
      verdict,
      tails,
      unjudged: why,
    } = await playOrTell({
      dir: roundDir,
      seed: `${seed} ${rounds}`,
      faults: chooseFaults(createRandom(`${seed} faults ${rounds}`), { count: faultsARound, kinds }),
      tally,
      onFault(fault) {
        played.add(fault.kind);
        if (isOver() || signal?.aborted === true) enough.abort();
        onProgress?.(report(), fault);
      },
      signal: enough.signal,
    });
    counts = addCounts(counts, verdict.counts);
    unjudged = why ?? null;
    if (verdict.ok) rmSync(roundDir, { recursive: true, force: true });
    else {
      kept.push(roundDir);
      violations.push(...verdict.violations.map((words) => `round ${rounds}: ${words}`));
      if (tails !== '') violations.push(tails);
    }
    if (why === undefined) rounds += 1;
  }
  return report();
}

/** A system that never came up is no finding, and no reason to lose the report of what was found before. */
async function playOrTell(options: RoundOptions): Promise<Round> {
  try {
    return await playRound(options);
  } catch (error) {
    return notJudged(options.dir, [`the round could not be played: ${(error as Error).message}`]);
  }
}
