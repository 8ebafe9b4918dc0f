import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { GapError } from '@bitten/schema';
import { type Log, type LogRecord, LogUnavailableError } from '@bitten/storage/log';

interface CatchUpOptions {
  log: Log;
  from: number;
  /** Up to, not including: what comes later is seen as it comes. */
  to: number;
  take: (record: LogRecord) => void;
  /** Whether somebody waits for it. */
  isUrgent: () => boolean;
  isClosed: () => boolean;
}

const sliceBytes = 128 * 1024;
/** While nobody waits, it takes this part of the time: publishers come first. */
const idleShare = 0.2;
const retry_ms = 1_000;

/**
 * Reads a stretch of the log in slices, between which the bus serves. What retention has removed is passed over.
 * Throws `CorruptLogError` where a record cannot be read, and nobody can tell what it held.
 */
export async function catchUp({ log, from, to, take, isUrgent, isClosed }: CatchUpOptions): Promise<void> {
  let position = Math.max(from, log.firstSeq);
  while (position < to) {
    // In a turn of its own from the first on: what starts a bus does not wait for it.
    await nextTurn();
    if (isClosed()) return;
    const begun = performance.now();
    try {
      for (const record of log.read(position, sliceBytes)) {
        take(record);
        position = record.seq + record.count;
      }
    } catch (error) {
      if (error instanceof GapError) position = error.to;
      else if (error instanceof LogUnavailableError) await pause(retry_ms);
      else throw error;
    }
    if (!isUrgent()) await pause((performance.now() - begun) * (1 / idleShare - 1));
  }
}
