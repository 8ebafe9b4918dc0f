import {
  addCounts,
  type Counts,
  type FaultReport,
  noCounts,
  type PowerReport,
  runPowerCuts,
} from '@bitten/proof';

/** What came out of a proof. */
export interface Proof {
  ok: boolean;
  seed: string;
  dir: string;
  seconds: number;
  faults: FaultReport;
  /** Null where there was no time for one. */
  power: PowerSummary | null;
  /** Of both. */
  counts: Counts;
  violations: string[];
}

export type PowerSummary = Pick<PowerReport, 'method' | 'whyNoImage' | 'cuts' | 'counts' | 'violations'>;

export function proofOf(
  faults: FaultReport,
  power: PowerSummary | null,
  { dir, seconds }: { dir: string; seconds: number },
): Proof {
  const violations = [...faults.violations, ...(power?.violations ?? [])];
  return {
    ok: violations.length === 0,
    seed: faults.seed,
    dir,
    seconds,
    faults,
    power,
    counts: power === null ? faults.counts : addCounts(faults.counts, power.counts),
    violations,
  };
}

/** So many to a disk: between two disks it can be interrupted. */
const cutsAtOnce = 3;

export interface PowerOptions {
  dir: string;
  seed: string;
  /** On the clock of `performance.now`. */
  until_ms: number;
  signal: AbortSignal;
  onProgress: (cuts: number) => void;
}

/** Cuts the power until the time is up, on an image of a disk or on a simulated one. Null where it could not begin. */
export async function cutPower(options: PowerOptions): Promise<PowerSummary | null> {
  const { dir, seed, until_ms, signal, onProgress } = options;
  let sum: PowerSummary | null = null;
  for (let disk = 0; performance.now() < until_ms && !signal.aborted; disk += 1) {
    const before: PowerSummary = sum ?? { method: 'injected', cuts: 0, counts: noCounts(), violations: [] };
    const report = await runPowerCuts({
      dir,
      cuts: cutsAtOnce,
      seed: `${seed} power ${disk}`,
      method: 'auto',
      onProgress: ({ cuts }) => onProgress(before.cuts + cuts),
    });
    sum = {
      ...report,
      cuts: before.cuts + report.cuts,
      counts: addCounts(before.counts, report.counts),
      violations: report.violations,
    };
    if (!report.ok) break;
  }
  return sum;
}
