import { parentPort, workerData } from 'node:worker_threads';
import { now_ms } from '../measure/clock.js';

/** How a thread that keeps time is told when to call. */
export interface Beat {
  first_ms: number;
  interval_ms: number;
  count: number;
  /** One number: 1 while a call is on its way. */
  calling: SharedArrayBuffer;
}

/**
 * A thread that sleeps and calls. Timers of the event loop come to the millisecond and late, and that lateness
 * would be counted as the bus's; a thread that waits on a lock wakes within some 60 µs and costs little.
 */
const { first_ms, interval_ms, count, calling } = workerData as Beat;
const sleeping = new Int32Array(new SharedArrayBuffer(4));
const isCalling = new Int32Array(calling);

for (let beat = 0; beat < count; beat += 1) {
  const wait_ms = first_ms + beat * interval_ms - now_ms();
  if (wait_ms > 0) Atomics.wait(sleeping, 0, 0, wait_ms);
  // A call that has not been heard yet will find all that is due meanwhile.
  if (Atomics.exchange(isCalling, 0, 1) === 0) parentPort!.postMessage(null);
}
