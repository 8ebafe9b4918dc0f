// Loaded before a program (`node --import`): writes now and then what its heap holds. The programs themselves know
// nothing of it.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.BITTEN_SOAK_HEAP_DIR;
const every_ms = 5_000;

function write(file: string): void {
  const { heapUsed, external } = process.memoryUsage();
  try {
    writeFileSync(`${file}.new`, String(heapUsed + external));
    renameSync(`${file}.new`, file);
  } catch {
    // The soak has ended, and its folder is gone.
  }
}

if (folder !== undefined) setInterval(write, every_ms, join(folder, String(process.pid))).unref();
