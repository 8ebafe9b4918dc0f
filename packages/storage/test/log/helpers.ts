import { constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import {
  type Log,
  type LogIo,
  nodeIo,
  type OpenLogOptions,
  openLog,
  type SegmentLog,
} from '../../src/log/index.js';
import { type BatchOptions, batch } from '../../src/testing/log-batches.js';

const roots: string[] = [];

/** A folder of its own for a test, removed after it. */
export function temporaryDir(): string {
  const root = mkdtempSync(join(tmpdir(), 'bitten-log-'));
  roots.push(root);
  return join(root, 'log');
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

/** Small segments and no syncs, unless a test says otherwise. */
export function openSmall(dir: string, options: Partial<OpenLogOptions> = {}): SegmentLog {
  return openLog({ dir, durability: 'none', segmentBytesMax: 4096, ...options });
}

/** One record, committed; returns the place of its first event. */
export function append(log: Log, options: BatchOptions = {}): number {
  const seq = log.stage(batch(options));
  log.commit();
  return seq;
}

/**
 * This machine's disk without its syncs, for what does not lose power: a test that kills hundreds of processes
 * would wait for them for minutes.
 */
export const quickIo: LogIo = {
  ...nodeIo,
  open: (path, flags) => nodeIo.open(path, flags & ~constants.O_DSYNC),
  sync() {},
  syncDir() {},
};

/** Lets what happens in the background of a FaultyIo be reported: a write, then a sync. */
export async function backgroundTurn(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The error an action throws. */
export function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
