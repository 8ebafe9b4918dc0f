import type { CrashPoint } from '../points.js';
import { runPowerCuts } from '../power/run-power-cuts.js';
import type { Fault } from '../story/fault.js';
import { playRound } from '../story/round.js';
import { noTally } from '../story/tally.js';

interface CaseOptions {
  /** A folder that is there. */
  dir: string;
  seed: string;
  /** Settings of all programs. */
  env: Readonly<Record<string, string>>;
}

/** One short case of the suite; returns what was wrong, in words. Throws where it could not be played at all. */
export type Case = (options: CaseOptions) => Promise<readonly string[]>;

/** A round of the fault suite with these faults. */
function round(...faults: Fault[]): Case {
  return async ({ dir, seed, env }) => {
    const { verdict } = await playRound({ dir, seed, faults, tally: noTally(), env });
    return verdict.violations;
  };
}

/** Power cuts until something is lost. A system that does not come back after one is a finding as well. */
function power(method: 'auto' | 'injected', cuts: number): Case {
  return async ({ dir, seed, env }) => {
    let done = 0;
    const onProgress = (report: { cuts: number }) => {
      done = report.cuts;
    };
    try {
      return (await runPowerCuts({ dir, cuts, seed, method, env, onProgress })).violations;
    } catch (error) {
      if (done === 0) throw error;
      return [`after cut ${done}: ${(error as Error).message}`];
    }
  };
}

/** Deaths at a place, at different occurrences of it. */
function deaths(point: CrashPoint, times: number): Fault[] {
  return Array.from({ length: times }, (_, index) => ({
    kind: 'point' as const,
    point,
    nth: 5 + index,
    share: 0.5,
    who: 0,
  }));
}

/** The cases that catch mutations, by what happens in them. */
export const cases = {
  'nothing but load': round(),
  'the bus dies before an append': round(...deaths('beforeAppend', 2)),
  'the bus dies between fsync and acknowledgement': round(...deaths('afterFsyncBeforeAck', 2)),
  'the collector dies before it commits': round(...deaths('beforeCommit', 2)),
  'a bit turns in a closed segment': round({ kind: 'corrupt', how: 'flipClosed', at: 0.5 }),
  'a publisher dies when it has let go of a spool': round({
    kind: 'point',
    point: 'afterSpoolHandover',
    nth: 1,
    share: 0.5,
    who: 0,
  }),
  'power cuts': power('auto', 4),
  'power cuts, injected': power('injected', 10),
} as const satisfies Record<string, Case>;

export type CaseName = keyof typeof cases;
