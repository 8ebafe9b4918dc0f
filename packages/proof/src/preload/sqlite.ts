import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { executioner } from '../system/places.js';
import { die } from './die.js';
import type { Order } from './executioner.js';
import type { PlannedCrash } from './plan.js';
import type { SqlitePoint } from './rules.js';

/** A commit with its fsync takes longer than this on any disk; where it does not, the next one is tried. */
const within_us_max = 900;
/** How far into the next commit, where this one has been faster. */
const haste = 0.6;

interface Statement {
  run(...args: unknown[]): unknown;
  readonly source: string;
  readonly database: Database.Database;
}

/**
 * Kills the process at a commit of its database. SQLite is native and its writes cannot be watched, so a second
 * thread kills while the first one is within the call.
 */
export function crashInSqlite(hitsFile: string, crash: PlannedCrash & { point: SqlitePoint }): void {
  const { point, nth, share } = crash;
  const prototype = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1')) as Statement;
  const run = prototype.run;
  const timed = point === 'midCommit' || point === 'midCheckpoint' ? startTimer(hitsFile, point) : undefined;
  let delay_us = share * within_us_max;
  let left = nth;
  const within = (perform: () => unknown): unknown => {
    timed?.begin(delay_us);
    const result = perform();
    timed?.end();
    delay_us *= haste;
    return result;
  };
  prototype.run = function (this: Statement, ...args: unknown[]): unknown {
    if (this.source !== 'COMMIT') return run.apply(this, args);
    left -= 1;
    if (left > 0) return run.apply(this, args);
    if (point === 'beforeCommit') die(hitsFile, point);
    if (point === 'midCommit') return within(() => run.apply(this, args));
    const result = run.apply(this, args);
    if (point === 'afterCommit') die(hitsFile, point);
    within(() => this.database.pragma('wal_checkpoint(TRUNCATE)'));
    return result;
  };
}

/** A thread that waits to kill. Nothing happens where the call has ended before its time. */
function startTimer(hitsFile: string, point: string): { begin(delay_us: number): void; end(): void } {
  const signal = new Int32Array(new SharedArrayBuffer(8));
  const order: Order = { signal, hitsFile, point };
  // Without our own arguments: the preload is not for it.
  const worker = new Worker(executioner, { workerData: order, execArgv: [] });
  worker.unref();
  return {
    begin(delay_us) {
      Atomics.store(signal, 1, Math.round(delay_us));
      Atomics.store(signal, 0, 1);
      Atomics.notify(signal, 0);
    },
    end: () => Atomics.store(signal, 0, 0),
  };
}
