import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '@bitten/simulator';
import { addCounts, type Counts, noCounts } from '../check/verdict.js';
import { whyNoImages } from './image.js';
import { createImageDisk } from './image-disk.js';
import { createInjectedDisk } from './injected-disk.js';
import { PowerStory } from './power-story.js';
import type { PoweredDisk } from './powered-disk.js';

export interface PowerCutsOptions {
  /** A folder to work in; it must be there. What is made in it is removed again. */
  dir: string;
  /** How many cuts, or for how many minutes; whichever is reached first. Default 5 cuts. */
  cuts?: number;
  minutes?: number;
  seed: string;
  /** `auto`: an image where one can be mounted, else injected. */
  method?: 'image' | 'injected' | 'auto';
  /** Called after each cut, and at the end of each disk when it has been checked. */
  onProgress?: (progress: PowerReport) => void;
  /** Settings of all programs; for tests of this proof itself. */
  env?: Readonly<Record<string, string>>;
}

export interface PowerReport {
  seed: string;
  method: 'image' | 'injected';
  /** Why it is not the image, where `auto` was asked for. */
  whyNoImage?: string;
  cuts: number;
  /** What the checker has counted; all that is wrong is 0 in a sound system. */
  counts: Counts;
  acknowledged: number;
  stored: number;
  lost: number;
  doubled: number;
  reordered: number;
  /** The first violations, in words. */
  violations: string[];
  ok: boolean;
}

/** After so many a new disk is begun, so that checking it stays quick. */
const cutsPerDisk = 5;

/**
 * Cuts the power again and again under publishers at work, starts the system on what is left, and holds what is
 * stored against what was acknowledged. Throws where the system does not come back, with what its programs said.
 */
export async function runPowerCuts(options: PowerCutsOptions): Promise<PowerReport> {
  const { dir, seed, cuts = options.minutes === undefined ? 5 : Number.POSITIVE_INFINITY } = options;
  const whyNot = options.method === 'injected' ? 'not asked for' : whyNoImages(dir);
  if (options.method === 'image' && whyNot !== undefined)
    throw new Error(`no power cuts by image: ${whyNot}`);
  const deadline = performance.now() + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const report: PowerReport = {
    ...summaryOf(noCounts(), []),
    seed,
    method: whyNot === undefined ? 'image' : 'injected',
    ...(whyNot === undefined || options.method === 'injected' ? {} : { whyNoImage: whyNot }),
    cuts: 0,
  };
  for (let disk = 0; report.cuts < cuts && report.ok && performance.now() < deadline; disk += 1) {
    await runDisk({ ...options, random: createRandom(`${seed} disk ${disk}`), report, cuts, deadline });
  }
  return report;
}

interface DiskOptions extends PowerCutsOptions {
  random: Random;
  report: PowerReport;
  cuts: number;
  deadline: number;
}

/** The life of one disk, of several cuts; adds to the report. */
async function runDisk(options: DiskOptions): Promise<void> {
  const { random, report, cuts, deadline, onProgress = () => {} } = options;
  const dir = mkdtempSync(join(options.dir, 'power-'));
  const notesDir = join(dir, 'notes');
  mkdirSync(notesDir);
  const disk: PoweredDisk =
    report.method === 'image' ? createImageDisk(dir) : createInjectedDisk(dir, random);
  const story = await PowerStory.begin({ disk, notesDir, random, env: options.env ?? {} });
  let complete = false;
  try {
    const due = Math.min(cutsPerDisk, cuts - report.cuts);
    for (let cut = 0; cut < due && performance.now() < deadline; cut += 1) {
      const { lost, end } = await story.cut();
      report.cuts += 1;
      if (lost > 0) {
        const words = `lost: after cut ${report.cuts} the log ends before ${end}, ${lost} acknowledged events early`;
        return add(report, { ...noCounts(), lost }, [words]);
      }
      onProgress({ ...report });
    }
    const { counts, violations } = await story.end();
    add(report, counts, violations);
    onProgress({ ...report });
    complete = true;
  } finally {
    await story.close();
    const keep = process.env.BITTEN_TEST_KEEP === '1' && !(complete && report.ok);
    if (!keep) {
      disk.remove();
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

function add(report: PowerReport, counts: Counts, violations: readonly string[]): void {
  Object.assign(report, summaryOf(addCounts(report.counts, counts), [...report.violations, ...violations]));
}

function summaryOf(counts: Counts, violations: string[]) {
  const { acknowledged, stored, lost, doubled, reordered } = counts;
  return { counts, acknowledged, stored, lost, doubled, reordered, violations, ok: violations.length === 0 };
}
