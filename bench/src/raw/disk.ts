import fs from 'node:fs';
import { join } from 'node:path';
import { now_ms } from '../measure/clock.js';
import { type Percentiles, percentiles } from '../measure/latency.js';

const { O_CREAT, O_RDWR, O_TRUNC, O_DSYNC } = fs.constants;
const write_bytes = 300;

export interface DiskCeilings {
  growing: Percentiles;
  prealloc: Percentiles;
  /** Absent where the system has no such flag. */
  dsync?: Percentiles;
}

/** What one durable write of 300 bytes costs at least, in the three ways a log can be written. */
export function measureDisk(dir: string, writes: number): DiskCeilings {
  const bytes = writes * write_bytes;
  const growing = timeWrites(join(dir, 'growing'), { writes, prealloc_bytes: 0, flags: 0 });
  const prealloc = timeWrites(join(dir, 'prealloc'), { writes, prealloc_bytes: bytes, flags: 0 });
  if (!O_DSYNC) return { growing, prealloc };
  return {
    growing,
    prealloc,
    dsync: timeWrites(join(dir, 'dsync'), { writes, prealloc_bytes: bytes, flags: O_DSYNC }),
  };
}

interface WriteOptions {
  writes: number;
  prealloc_bytes: number;
  /** Beside create and write; with O_DSYNC no sync follows. */
  flags: number;
}

function timeWrites(file: string, { writes, prealloc_bytes, flags }: WriteOptions): Percentiles {
  if (prealloc_bytes > 0) {
    fs.writeFileSync(file, Buffer.alloc(prealloc_bytes));
    const filled = fs.openSync(file, 'r+');
    fs.fsyncSync(filled);
    fs.closeSync(filled);
  }
  const fd = fs.openSync(file, O_RDWR | O_CREAT | flags | (prealloc_bytes > 0 ? 0 : O_TRUNC), 0o600);
  const body = Buffer.alloc(write_bytes, 'x');
  const took_ms = new Float64Array(writes);
  for (let index = 0; index < writes; index += 1) {
    const begun_ms = now_ms();
    fs.writeSync(fd, body, 0, write_bytes, index * write_bytes);
    if (flags === 0) fs.fdatasyncSync(fd);
    took_ms[index] = now_ms() - begun_ms;
  }
  fs.closeSync(fd);
  return percentiles(took_ms);
}
