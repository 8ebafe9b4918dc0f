import { readFileSync } from 'node:fs';

/** Linux counts CPU time for programs in hundredths of a second, on every architecture. */
const ticks_per_s = 100;

/** CPU time a process has used with all its threads, seconds; undefined where the system does not tell. */
export function cpuSeconds(pid: number): number | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseCpuTicks(stat) / ticks_per_s;
}

/** User and system time out of `/proc/PID/stat`. The name in parentheses may hold anything, blanks included. */
export function parseCpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

export interface Memory {
  /** Now, MB. */
  rss: number;
  /** The most there was, MB. */
  peak: number;
}

export function memory(pid: number): Memory | undefined {
  const status = readOrUndefined(`/proc/${pid}/status`);
  return status === undefined ? undefined : parseMemory(status);
}

export function parseMemory(status: string): Memory {
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const megabytes = (name: string): number => (kibibytes(name) * 1024) / 1e6;
  return { rss: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** CPU time, in hundredths of a second, of this process and of all its children that have ended. */
export function parseFamilyTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/**
 * How much of the machine others use while this process and its children work: with a reading at the beginning
 * and one when all children have ended. What the kernel does on its own for us counts for the others: it is little.
 */
export class Neighbours {
  readonly #begun = readOthers();

  /** Share of all cores; undefined where the system does not tell. */
  share(): number | undefined {
    const [before, after] = [this.#begun, readOthers()];
    if (before === undefined || after === undefined || after.total === before.total) return undefined;
    return Math.max(0, (after.others - before.others) / (after.total - before.total));
  }
}

function readOthers(): { total: number; others: number } | undefined {
  const [machine, own] = [readOrUndefined('/proc/stat'), readOrUndefined('/proc/self/stat')];
  if (machine === undefined || own === undefined) return undefined;
  const { total, worked } = cpuLine(machine);
  return { total, others: worked - parseFamilyTicks(own) };
}

/** Of all cores together, the share that was not idle between two readings of `/proc/stat`, stolen time included. */
export function busyShare(before: string, after: string): number {
  const [first, second] = [cpuLine(before), cpuLine(after)];
  const total = second.total - first.total;
  return total === 0 ? 0 : 1 - (second.idle - first.idle) / total;
}

interface CpuLine {
  total: number;
  idle: number;
  /** By programs, or stolen by the host. */
  worked: number;
}

function cpuLine(stat: string): CpuLine {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const worked = user + nice + system + irq + softirq + steal;
  return { total: worked + idle + iowait, idle: idle + iowait, worked };
}

export function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
