import { openSync, writeSync } from 'node:fs';
import { type CaseId, type Failure, runCase } from './run-case.js';
import { targets } from './targets/index.js';

/** What the parent asks for: cases of one decoder from an index on, for some time. */
export interface Task {
  target: string;
  seed: number;
  from: number;
  time_ms: number;
  /** Where the number of the case that is at work is written, so that it is known whatever happens to us. */
  progress: string;
}

export interface Outcome {
  ran: number;
  /** The next case that has not been run. */
  next: number;
  failure: Failure | undefined;
  rss_bytes: number;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
const target = targets.find(({ name }) => name === task.target);
if (target === undefined) throw new Error(`there is no decoder ${task.target}`);

const fd = openSync(task.progress, 'w');
const mark = Buffer.alloc(8);
const end = performance.now() + task.time_ms;
let index = task.from;
let failure: Failure | undefined;
while (failure === undefined && (performance.now() < end || index === task.from)) {
  mark.writeDoubleLE(index);
  writeSync(fd, mark, 0, 8, 0);
  failure = await runCase(target, { seed: task.seed, index } satisfies CaseId);
  index += 1;
}
const outcome: Outcome = {
  ran: index - task.from,
  next: index,
  failure,
  rss_bytes: process.memoryUsage.rss(),
};
process.stdout.write(JSON.stringify(outcome));
