import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Linux counts the CPU time of programs in hundredths of a second, on every architecture. */
const ticks_per_s = 100;
const mega = 1e6;

export interface ProcessFacts {
  rss_mb: number;
  descriptors: number;
  /** User and system time of all threads. */
  cpu_s: number;
}

/** What /proc tells of a process; null where it is gone. */
export function readProcess(pid: number): ProcessFacts | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rss = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
    // One that has ended, and waits to be collected, has no memory any more.
    if (rss === undefined) return null;
    return {
      rss_mb: (Number(rss) * 1024) / mega,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      cpu_s: cpuSeconds(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    };
  } catch {
    return null;
  }
}

/** The name in parentheses may hold anything, blanks included. */
export function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks_per_s;
}

/** Size of a file, or of all files below a folder, in MB as the disk holds them; 0 where there is nothing. */
export function megabytesOf(path: string): number {
  return bytesOf(path) / mega;
}

function bytesOf(path: string): number {
  try {
    const stats = statSync(path);
    if (!stats.isDirectory()) return stats.blocks * 512;
    return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
  } catch {
    // Removed between the look and the question: files come and go here.
    return 0;
  }
}
