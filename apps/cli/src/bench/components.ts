import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BittenError } from '@bitten/schema';
import type {
  ClientResult,
  ClientTask,
  Report,
  Result,
  SubscriberResult,
  SubscriberTask,
} from './messages.js';

/** A component of the benchmark did not come through. */
class BenchError extends BittenError {
  constructor(found: string) {
    super('bench_failed', `the benchmark could not be finished: ${found}`, {
      found,
      remedy: 'bitten doctor says what is wrong with the system; try fewer events or clients',
    });
  }
}

// Beside this file where it has been built, whatever the chunk it stands in.
const worker = fileURLToPath(new URL('./bench/worker.js', import.meta.url));

/** Clients and subscribers, each a process of its own. `kill` ends all of them at once. */
export class Components {
  readonly #children = new Set<ChildProcess>();

  /** Starts one; resolves when it is ready to begin. Throws `BenchError`. */
  async start(task: ClientTask): Promise<Component<ClientResult>>;
  async start(task: SubscriberTask): Promise<Component<SubscriberResult>>;
  async start(task: ClientTask | SubscriberTask): Promise<Component<Result>> {
    const child = fork(worker, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#children.add(child);
    const component = new Component<Result>(child);
    child.send(task);
    await component.ready;
    return component;
  }

  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    this.#children.clear();
  }
}

/** One component, from being ready to what it has measured. */
export class Component<R extends Result> {
  readonly ready: Promise<void>;
  readonly result: Promise<R>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    let onReady: () => void;
    let onResult: (result: R) => void;
    const failure = new Promise<never>((_, reject) => {
      child.once('exit', (code, signal) =>
        reject(new BenchError(`a component ended with ${signal ?? code}`)),
      );
      child.on('message', (report: Report) => {
        if (report.kind === 'ready') onReady();
        else if (report.kind === 'done') onResult(report.result as R);
        else reject(new BenchError(report.why));
      });
    });
    this.ready = Promise.race([failure, new Promise<void>((resolve) => (onReady = resolve))]);
    this.result = Promise.race([failure, new Promise<R>((resolve) => (onResult = resolve))]);
    // It may fail while another is waited for.
    this.ready.catch(() => undefined);
    this.result.catch(() => undefined);
  }

  begin(): void {
    this.#child.send('begin');
  }
}
