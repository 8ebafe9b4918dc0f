import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells one run of one process from every other. Nulls stand where the system does not say (no `/proc`). */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /** Names one boot of one kernel. */
  boot_id: string | null;
  /** Names the set of processes its pid is counted in: containers have their own. */
  pid_namespace: string | null;
  /** Clock ticks from boot to the start of the process: tells it from a later one with the same pid. */
  start_ticks: number | null;
}

/** Whether a process is there; `unknown` where this process cannot see it. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Who this process is. */
export function identifySelf(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    boot_id: readText('/proc/sys/kernel/random/boot_id'),
    pid_namespace: readLink('/proc/self/ns/pid'),
    start_ticks: readStat(process.pid)?.start_ticks ?? null,
  };
}

/**
 * Whether another process still runs, as seen from `self`.
 *
 * Its pid says something only in the same boot and the same pid namespace. After a reboot of the same machine it
 * is dead for certain. On another machine, or in another container, there is no way to know.
 */
export function checkLiveness(other: ProcessIdentity, self: ProcessIdentity): Liveness {
  if (other.boot_id !== self.boot_id) return other.host === self.host ? 'dead' : 'unknown';
  if (other.boot_id === null && other.host !== self.host) return 'unknown';
  if (other.pid_namespace !== self.pid_namespace) return 'unknown';
  const stat = readStat(other.pid);
  if (stat === undefined) return signalFinds(other.pid) ? 'alive' : 'dead';
  if (other.start_ticks !== null && stat.start_ticks !== other.start_ticks) return 'dead';
  return stat.is_gone ? 'dead' : 'alive';
}

/** Signal 0 is sent to nobody; EPERM means that somebody else's process is there. */
function signalFinds(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** State and start of a process from `/proc/PID/stat`; undefined where there is no such file. */
function readStat(pid: number): { start_ticks: number; is_gone: boolean } | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return undefined;
  // The second field is the program's name in brackets and may hold spaces and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const isZombie = fields[0] === 'Z' || fields[0] === 'X';
  // A dead process stays listed until its parent asks for it. While threads of it end, it may still be writing.
  return { start_ticks: Number(fields[19]), is_gone: isZombie && countThreads(pid) <= 1 };
}

function countThreads(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
