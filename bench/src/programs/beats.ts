import { Worker } from 'node:worker_threads';
import { now_ms } from '../measure/clock.js';
import { programFile } from '../system/places.js';
import type { Beat } from './metronome.js';

export interface BeatOptions {
  rate_per_s: number;
  count: number;
  /** Called for each event, in order, when it is due or as soon after as this process can. */
  onDue: (index: number, due_ms: number) => void;
}

/** The thread needs so long to start. */
const start_ms = 150;
/** More calls than these cost more than they sharpen: above this rate, several events are due together. */
const beats_per_s_max = 5_000;
/** About how long a call takes from one thread to the other: it is made so much earlier. */
const early_ms = 0.06;

/**
 * Calls back at a fixed rate, whatever becomes of what was called before: an open loop. Resolves after the last
 * call.
 */
export async function keepTime({ rate_per_s, count, onDue }: BeatOptions): Promise<void> {
  const events_per_beat = Math.max(1, Math.ceil(rate_per_s / beats_per_s_max));
  const interval_ms = (1_000 * events_per_beat) / rate_per_s;
  const first_ms = now_ms() + start_ms;
  const calling = new SharedArrayBuffer(4);
  const isCalling = new Int32Array(calling);
  const beats = Math.ceil(count / events_per_beat);
  // The spare ones are for the last event, should a call of its own have come a hair too early.
  const beat: Beat = { first_ms: first_ms - early_ms, interval_ms, count: beats + 3, calling };
  const worker = new Worker(programFile('metronome'), { workerData: beat });
  let next = 0;
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', () => {
      Atomics.store(isCalling, 0, 0);
      for (;;) {
        const due_ms = first_ms + Math.floor(next / events_per_beat) * interval_ms;
        if (!isReached(due_ms)) return;
        for (const end = Math.min(count, next + events_per_beat); next < end; next += 1) onDue(next, due_ms);
        if (next === count) return resolve();
      }
    });
  });
  await worker.terminate();
}

/** A call that came early waits out the rest, which is shorter than any timer. */
function isReached(due_ms: number): boolean {
  if (due_ms - now_ms() > 2 * early_ms) return false;
  while (now_ms() < due_ms);
  return true;
}
