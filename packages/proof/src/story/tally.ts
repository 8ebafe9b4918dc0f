import type { CrashPoint } from '../points.js';
import type { Target } from './fault.js';

/** What has been done to the system, in numbers. */
export interface Tally {
  kills: number;
  /** By the place at which a process died; `random` for those killed at any moment. */
  killsByPoint: Partial<Record<CrashPoint | 'random', number>>;
  killsByProcess: Record<Target, number>;
  freezes: number;
  /** Connections cut, delayed or left half open. */
  disturbances: number;
  corruptions: number;
  /** Damage that was named where it had to be. */
  damageNamed: number;
  clockShifts: number;
  diskFull: number;
}

export function noTally(): Tally {
  return {
    kills: 0,
    killsByPoint: {},
    killsByProcess: { bus: 0, collector: 0, publisher: 0, subscriber: 0 },
    freezes: 0,
    disturbances: 0,
    corruptions: 0,
    damageNamed: 0,
    clockShifts: 0,
    diskFull: 0,
  };
}

export function countKill(tally: Tally, where: CrashPoint | 'random', target: Target): void {
  tally.kills += 1;
  tally.killsByProcess[target] += 1;
  tally.killsByPoint[where] = (tally.killsByPoint[where] ?? 0) + 1;
}
