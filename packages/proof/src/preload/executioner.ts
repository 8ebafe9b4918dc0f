// The thread that kills its process from within a native call of the main thread.
import { appendFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

export interface Order {
  /** First whether the main thread is within the call, then after how many microseconds it is to die. */
  signal: Int32Array;
  hitsFile: string;
  point: string;
}

const { signal, hitsFile, point } = workerData as Order;
for (;;) {
  Atomics.wait(signal, 0, 0);
  const deadline_ms = performance.now() + Atomics.load(signal, 1) / 1_000;
  while (performance.now() < deadline_ms);
  if (Atomics.load(signal, 0) !== 1) continue;
  // Written down before, for afterwards there is nobody; and taken back where the call has ended meanwhile.
  appendFileSync(hitsFile, `${point}\n`);
  if (Atomics.load(signal, 0) === 1) process.kill(process.pid, 'SIGKILL');
  else appendFileSync(hitsFile, 'missed\n');
}
