import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '@bitten/runtime';
import { amount } from '../show/amount.js';

// A round grows until it is checked; on a slow machine 333 MB were seen, in 86 s.
const begun_mb = 40;
const growth_mb_per_s = 6;
const round_mb_max = 500;

export interface RoomOptions {
  dir: string;
  /** For so long faults are played. */
  faults_s: number;
  /** Bytes; for tests. */
  freeOn?: (dir: string) => number;
}

/** Throws `UsageError` where the disk has no room for a proof: on one that fills up nothing could be judged. */
export function requireRoom({ dir, faults_s, freeOn = freeBytes }: RoomOptions): void {
  const needed_mb = Math.ceil(Math.min(round_mb_max, begun_mb + growth_mb_per_s * faults_s));
  const free_mb = Math.floor(freeOn(existing(dir)) / 1024 ** 2);
  if (free_mb >= needed_mb) return;
  throw new UsageError(
    `--dir: so long a proof needs ${needed_mb} MB, and the disk of ${dir} has ${amount(free_mb)} MB left`,
    'name a folder on another disk, free some space, or give it less time',
  );
}

/** The folder itself, or the nearest one above it that is there. */
function existing(dir: string): string {
  return existsSync(dir) || dirname(dir) === dir ? dir : existing(dirname(dir));
}

function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}
