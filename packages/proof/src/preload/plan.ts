import type { CrashPoint } from '../points.js';

/** What is to happen within a process, handed to it as JSON in `PROOF_PLAN`. */
export interface Plan {
  /** The file in which a process writes down the point it dies at, before it dies. */
  hitsFile: string;
  crash?: PlannedCrash;
  /** From so many milliseconds after the start on, the wall clock is so far off. */
  clock?: readonly ClockShift[];
  /** From so many milliseconds after the first commit on the disk takes nothing, for so many. */
  diskFull?: DiskFull;
}

export interface PlannedCrash {
  point: CrashPoint;
  /** At which occurrence, from 1 on. */
  nth: number;
  /** 0 to 1: how much of a write is done, or how far into a commit. */
  share: number;
}

export interface ClockShift {
  after_ms: number;
  offset_ms: number;
}

export interface DiskFull {
  after_ms: number;
  for_ms: number;
}
