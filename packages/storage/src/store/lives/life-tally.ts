import type { Database } from 'better-sqlite3';
import { LifeRollups } from '../rollups/life-rollups.js';
import type { FireLife, SignalLife } from './life.js';
import { PatternTally } from './pattern-tally.js';

/** Counts that follow lives: what a life adds is taken away as it was and added as it is. */
export interface LifeTally {
  /** `sign` is 1 for what is there, -1 for what was there. */
  addSignal(life: SignalLife, sign: 1 | -1): void;
  addFire(life: FireLife, sign: 1 | -1): void;
  /** Writes what was added, within the caller's transaction. */
  settle(): void;
  /** Forgets what was added within a transaction that was undone. */
  forget(): void;
}

/** All counts that the store keeps of lives: by pattern, by hour, by day and symbol. */
export function allTallies(db: Database): LifeTally {
  const tallies: readonly LifeTally[] = [new PatternTally(db), new LifeRollups(db)];
  return {
    addSignal: (life, sign) => {
      for (const tally of tallies) tally.addSignal(life, sign);
    },
    addFire: (life, sign) => {
      for (const tally of tallies) tally.addFire(life, sign);
    },
    settle: () => {
      for (const tally of tallies) tally.settle();
    },
    forget: () => {
      for (const tally of tallies) tally.forget();
    },
  };
}
