import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Counts one more start of an app on a data folder and returns how many there were, this one included: what a
 * restart by a supervisor leaves nowhere else. The count is kept in `NAME.starts`. It is not worth a failure: a disk
 * that refuses it, or a file that was damaged, makes it begin anew.
 */
export function countStart(dataDir: string, app: string): number {
  const file = join(dataDir, `${app}.starts`);
  const starts = readCount(file) + 1;
  try {
    writeFileSync(`${file}.new`, `${starts}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // The disk has its own way of being reported: by whoever needs it.
  }
  return starts;
}

function readCount(file: string): number {
  try {
    const count = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(count) && count >= 0 ? count : 0;
  } catch {
    return 0;
  }
}
