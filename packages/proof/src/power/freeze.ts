import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const deadline_ms = 60_000;

/**
 * Stops processes where they stand (SIGSTOP) and resolves when every thread of them has stopped. A thread within
 * a call to the disk stops when that call is over, so that none is on its way any more. Linux only: asks /proc.
 */
export async function freeze(pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  const deadline = performance.now() + deadline_ms;
  for (const pid of pids) {
    while (!isStopped(pid)) {
      if (performance.now() > deadline)
        throw new Error(`process ${pid} was not stopped in ${deadline_ms} ms`);
      await sleep(1);
    }
  }
}

function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    // The state follows the name, which may itself hold spaces and brackets.
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'T';
  });
}
