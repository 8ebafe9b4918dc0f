import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock, findHolder, type Lock, LockedError } from '@bitten/runtime';
import { isRebuilt, rebuiltFile, swapStore } from '@bitten/storage/store';
import { NotTakenError } from './errors.js';

export interface HandOverOptions {
  dataDir: string;
  file: string;
  timeout_ms: number;
  signal: AbortSignal;
}

/** The signal that asks a collector to take the rebuilt store. */
const takeSignal = 'SIGUSR2';
const look_ms = 20;

/**
 * Puts the new store in place: by itself where no collector runs, else through the collector, which alone may close
 * the old one. A collector that dies on the way leaves that to whoever holds its lock next. Returns who did it.
 */
export async function handOver(options: HandOverOptions): Promise<'rebuild' | 'collector'> {
  const { file, timeout_ms, signal } = options;
  const inode = statSync(rebuiltFile(file)).ino;
  const deadline = performance.now() + timeout_ms;
  let told: string | undefined;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (!isRebuilt(file)) return settle(file, inode);
    const lock = takeLock(options.dataDir);
    if (lock !== null) {
      try {
        if (!isRebuilt(file)) return settle(file, inode);
        swapStore({ file });
        return 'rebuild';
      } finally {
        lock.release();
      }
    }
    const found = findHolder({ dir: options.dataDir, role: 'collector' });
    if (found?.liveness === 'unknown') throw unseen(found.holder.pid);
    // Once for each run of it: a second signal would find nothing to do.
    if (found?.liveness === 'alive' && found.holder.token !== told && ask(found.holder.pid)) {
      told = found.holder.token;
    }
    await sleep(look_ms, undefined, { signal });
  }
  throw new NotTakenError(
    `it did not answer within ${timeout_ms / 1000} s`,
    'look into its log; or stop it and call bitten rebuild again',
  );
}

/** False where it has ended since it was looked for: then its lock is free in a moment. */
function ask(pid: number): boolean {
  try {
    return process.kill(pid, takeSignal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function takeLock(dir: string): Lock | null {
  try {
    return acquireLock({ dir, role: 'collector' });
  } catch (error) {
    if (error instanceof LockedError) return null;
    throw error;
  }
}

/** The new store has gone from where it waited: it is in place, or the collector has put it aside. */
function settle(file: string, inode: number): 'collector' {
  if (statSync(file, { throwIfNoEntry: false })?.ino === inode) return 'collector';
  throw new NotTakenError('it refused', 'its log says why; the old store is in place as it was');
}

function unseen(pid: number): NotTakenError {
  return new NotTakenError(
    `process ${pid} holds the store, and cannot be seen from here`,
    'stop the collector and call bitten rebuild again',
  );
}
