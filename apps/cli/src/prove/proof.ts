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
  /** Ended by Ctrl-C before its time was up. */
  interrupted: boolean;
  /** Why something could not be judged; null where everything that was done could. */
  unjudged: string | null;
  faults: FaultReport;
  /** Null where it was not cut. */
  power: PowerSummary | null;
  /** Why it was not cut; null where it was. */
  powerWhyNot: string | null;
  /** Of both. */
  counts: Counts;
  violations: string[];
}

export interface PowerSummary
  extends Pick<PowerReport, 'method' | 'whyNoImage' | 'cuts' | 'counts' | 'violations'> {
  /** Why the last cut could not be judged. */
  unjudged?: string;
}

export interface ProofFacts {
  dir: string;
  seconds: number;
  interrupted: boolean;
}

export function proofOf(faults: FaultReport, power: PowerSummary | null, facts: ProofFacts): Proof {
  const violations = [...faults.violations, ...(power?.violations ?? [])];
  const unjudged = faults.unjudged ?? power?.unjudged ?? null;
  return {
    ok: faults.ok && violations.length === 0 && unjudged === null,
    seed: faults.seed,
    ...facts,
    unjudged,
    faults,
    power,
    powerWhyNot: power === null ? whyNotCut(faults, facts) : null,
    counts: power === null ? faults.counts : addCounts(faults.counts, power.counts),
    violations,
  };
}

function whyNotCut(faults: FaultReport, { interrupted }: ProofFacts): string {
  if (faults.violations.length > 0) return 'the proof had ended with the faults before';
  return interrupted ? 'interrupted before' : 'there was no time for it';
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

/** Cuts the power until the time is up, on an image of a disk or on a simulated one. Null where it could not begin. A system that does not come back is told, not thrown. */
export async function cutPower(options: PowerOptions): Promise<PowerSummary | null> {
  const { dir, seed, until_ms, signal, onProgress } = options;
  let sum: PowerSummary | null = null;
  for (let disk = 0; performance.now() < until_ms && !signal.aborted; disk += 1) {
    const before: PowerSummary = sum ?? { method: 'injected', cuts: 0, counts: noCounts(), violations: [] };
    let cutsNow = 0;
    const report = await runPowerCuts({
      dir,
      cuts: cutsAtOnce,
      seed: `${seed} power ${disk}`,
      method: 'auto',
      onProgress({ cuts }) {
        cutsNow = cuts;
        onProgress(before.cuts + cuts);
      },
    }).catch((error: Error) => error);
    if (report instanceof Error) {
      const why = `the system did not come back from a power cut: ${report.message}`;
      return { ...before, cuts: before.cuts + cutsNow, violations: [why], unjudged: firstLine(why) };
    }
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

const cause_chars_max = 240;

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > cause_chars_max ? `${line.slice(0, cause_chars_max)}…` : line;
}
