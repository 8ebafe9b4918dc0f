import type { SoakOptions } from './options.js';
import type { SoakResult } from './run.js';
import type { ProcessSample } from './samples.js';
import { median, type Slope, slopeOf } from './slope.js';

/**
 * The rule. Of the longest life of a process the first five minutes are left out: heaps grow to their size, caches
 * fill. Through the rest goes a straight line. It is *not flat* where its slope is above the bound even with two
 * standard errors taken off; it is *too short to tell* where it could be above it with two added, or where less
 * than five minutes are left; else it is *flat*. What is too short to tell breaks no bound.
 */
export const bounds = {
  rss_mb_per_hour: 15,
  descriptors_per_hour: 2,
  /** Of any process, at any time. */
  rss_mb_max: 300,
  /** How much more a later life may hold than the first, at the same age. */
  later_life_rss_mb: 40,
  /** Retention removes whole segments, looks every ten seconds, and the next segment is prepared meanwhile. */
  log_factor: 1.75,
  store_factor: 1.5,
  wal_mb_max: 200,
  idle_cpu_share: 0.005,
} as const;

/** What an event of the mix takes in the log, generously. */
const eventBytes = 500;
const warmUp_s = 300;
const judged_s_min = 300;
const hour_s = 3_600;

type Flatness = 'flat' | 'not flat' | 'too short to tell';

export interface Trend {
  slope: Slope | null;
  verdict: Flatness;
}

/** The longest life of a role, and how it compares with the others. */
export interface RoleReport {
  role: string;
  lives: number;
  longest_s: number;
  rss_mb_max: number;
  /** At the end of the longest life. */
  rss_mb: number;
  heap: Slope | null;
  rss: Trend;
  descriptors: Trend;
  descriptors_max: number;
  /** What the last life held more than the first at the same age, MB; null with a single life. */
  laterLife_mb: number | null;
  /** Of one core, under load. */
  cpu_share: number;
  lag_max: number | null;
}

export interface Verdict {
  roles: RoleReport[];
  log_mb_max: number;
  store_mb_max: number;
  wal_mb_max: number;
  /** Each broken bound, in a sentence. */
  broken: string[];
}

export function judge(result: SoakResult, options: SoakOptions): Verdict {
  const { samples, idle, faults, storeIsBounded } = result;
  const roles = samples.roles.map((role) => reportOn(role, samples.lives(role)));
  const { systems } = samples;
  const log_mb_max = Math.max(0, ...systems.map(({ log_mb }) => log_mb));
  const store_mb_max = Math.max(0, ...systems.map(({ store_mb }) => store_mb));
  const wal_mb_max = Math.max(0, ...systems.map(({ wal_mb }) => wal_mb));
  const broken = [...faults, ...roles.flatMap(brokenBy)];
  // What the collector and the witness have not read is held back from retention: their cursors ask for it.
  const held = Math.max(0, ...roles.map(({ role, lag_max }) => (isReader(role) ? (lag_max ?? 0) : 0)));
  const log_mb_bound = (options.logBytesMax * bounds.log_factor + held * eventBytes) / 1e6;
  if (log_mb_max > log_mb_bound)
    broken.push(`the log grew to ${log_mb_max} MB, above ${log_mb_bound.toFixed(0)} MB`);
  const store_mb_bound = (options.storeBytesMax / 1e6) * bounds.store_factor;
  if (storeIsBounded && store_mb_max > store_mb_bound) {
    broken.push(`the store grew to ${store_mb_max} MB, above ${store_mb_bound} MB`);
  }
  if (wal_mb_max > bounds.wal_mb_max) broken.push(`the write-ahead log grew to ${wal_mb_max} MB`);
  for (const { role, cpu_share } of idle) {
    if (cpu_share > bounds.idle_cpu_share) {
      broken.push(`${role} at rest takes ${(cpu_share * 100).toFixed(2)} % of a core`);
    }
  }
  return { roles, log_mb_max, store_mb_max, wal_mb_max, broken };
}

export function reportOn(role: string, lives: ReadonlyArray<readonly ProcessSample[]>): RoleReport {
  const longest = lives.reduce(
    (best, life) => (durationOf(life) > durationOf(best) ? life : best),
    lives[0]!,
  );
  const warm = afterWarmUp(longest);
  const last = longest.at(-1)!;
  const all = lives.flat();
  const lags = all.flatMap(({ lag }) => (lag === null ? [] : [lag]));
  const cpu = last.cpu_s - longest[0]!.cpu_s;
  return {
    role,
    lives: lives.length,
    longest_s: durationOf(longest),
    rss_mb_max: Math.max(...all.map(({ rss_mb }) => rss_mb)),
    rss_mb: last.rss_mb,
    heap: hourly(warm.flatMap(({ age_s, heap_mb }) => (heap_mb === null ? [] : [[age_s, heap_mb] as const]))),
    rss: trendOf(
      warm.map(({ age_s, rss_mb }) => [age_s, rss_mb]),
      bounds.rss_mb_per_hour,
    ),
    descriptors: trendOf(
      warm.map(({ age_s, descriptors }) => [age_s, descriptors]),
      bounds.descriptors_per_hour,
    ),
    descriptors_max: Math.max(...all.map(({ descriptors }) => descriptors)),
    laterLife_mb: compareLives(lives),
    cpu_share: cpu / Math.max(durationOf(longest), 1),
    lag_max: lags.length === 0 ? null : Math.max(...lags),
  };
}

function brokenBy(report: RoleReport): string[] {
  const { role, rss, descriptors, rss_mb_max, laterLife_mb } = report;
  const broken: string[] = [];
  if (rss.verdict === 'not flat') broken.push(`memory of ${role} is not flat: ${told(rss.slope)} MB/h`);
  if (descriptors.verdict === 'not flat') {
    broken.push(`descriptors of ${role} are not flat: ${told(descriptors.slope)} an hour`);
  }
  if (rss_mb_max > bounds.rss_mb_max) broken.push(`memory of ${role} reached ${rss_mb_max} MB`);
  if (laterLife_mb !== null && laterLife_mb > bounds.later_life_rss_mb) {
    broken.push(
      `${role} held ${laterLife_mb.toFixed(0)} MB more in its last life than in its first, at the same age`,
    );
  }
  return broken;
}

export function told(slope: Slope | null): string {
  return slope === null ? 'unknown' : `${slope.slope.toFixed(1)} ± ${slope.error.toFixed(1)}`;
}

/** Of points as seconds and values. */
export function trendOf(points: ReadonlyArray<readonly [number, number]>, bound: number): Trend {
  const slope = hourly(points);
  const seconds = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0);
  if (slope === null || seconds < judged_s_min) return { slope, verdict: 'too short to tell' };
  if (slope.slope - 2 * slope.error > bound) return { slope, verdict: 'not flat' };
  return { slope, verdict: slope.slope + 2 * slope.error > bound ? 'too short to tell' : 'flat' };
}

function hourly(points: ReadonlyArray<readonly [number, number]>): Slope | null {
  return slopeOf(points.map(([seconds, value]) => [seconds / hour_s, value]));
}

/** The last life that is long enough against the first, both in the second half of what both have lived. */
export function compareLives(lives: ReadonlyArray<readonly ProcessSample[]>): number | null {
  const [first] = lives;
  const last = lives.at(-1);
  if (first === undefined || last === undefined || lives.length < 2) return null;
  const common_s = Math.min(first.at(-1)!.age_s, last.at(-1)!.age_s);
  const at = (life: readonly ProcessSample[]): number =>
    median(
      life.filter(({ age_s }) => age_s >= common_s / 2 && age_s <= common_s).map(({ rss_mb }) => rss_mb),
    );
  const difference = at(last) - at(first);
  return Number.isNaN(difference) ? null : difference;
}

/** A life too short for all of the warm-up is shown from its middle on, and not judged. */
function afterWarmUp(life: readonly ProcessSample[]): readonly ProcessSample[] {
  const from = Math.min(durationOf(life) / 2, warmUp_s);
  return life.filter(({ age_s }) => age_s >= life[0]!.age_s + from);
}

function isReader(role: string): boolean {
  return role === 'collector' || role === 'witness';
}

function durationOf(life: readonly ProcessSample[]): number {
  return life.at(-1)!.age_s - life[0]!.age_s;
}
