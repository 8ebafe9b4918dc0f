import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What components have not been able to deliver yet. */
export interface WaitingSpools {
  /** Components whose spool holds something. */
  spools: number;
  bytes: number;
}

/** Of a folder with more than that the first are looked at: it is looked at often. */
const entries_max = 1_000;

/** Looks into the `spool/` of a data folder: `spool/NAME/…/*.seg`. What cannot be read, or goes meanwhile, is nothing. */
export function waitingSpools(dataDir: string): WaitingSpools {
  const waiting: WaitingSpools = { spools: 0, bytes: 0 };
  const root = join(dataDir, 'spool');
  for (const name of namesIn(root)) {
    const bytes = segmentBytes(join(root, name), 2);
    if (bytes > 0) waiting.spools += 1;
    waiting.bytes += bytes;
  }
  return waiting;
}

function segmentBytes(folder: string, depth: number): number {
  let bytes = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.seg')) bytes += sizeOf(path);
    else if (depth > 1) bytes += segmentBytes(path, depth - 1);
  }
  return bytes;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, entries_max);
  } catch {
    return [];
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
