import { EventBridge } from '@bitten/bridge';
import { runClient } from './client.js';
import type { Report, Task } from './messages.js';
import { runSubscriber } from './subscriber.js';

// One component of a benchmark, a process of its own as components are. It gets its task, says that it is ready,
// begins when it is told, and says what it has measured. It ends with whoever has started it.

// Ctrl-C reaches it too; who started it ends it.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(1));

function report(message: Report): void {
  process.send?.(message);
}

process.once('message', (task: Task) => {
  const { host, port, keyFile } = task.bus;
  const name = `bitten-bench-${task.role}`;
  // What was not acknowledged is measured, not delivered later.
  const bridge = new EventBridge({ host, port, keyFile, name, spoolDir: false, disabled: false });
  const begun = new Promise<void>((resolve) => process.once('message', () => resolve()));
  const ready = () => report({ kind: 'ready' });
  const work =
    task.role === 'client'
      ? runClient(bridge, task, { ready, begun })
      : runSubscriber(bridge, task, { ready });
  work.then(
    (result) => report({ kind: 'done', result }),
    (error: unknown) =>
      report({ kind: 'failed', why: error instanceof Error ? error.message : String(error) }),
  );
});
