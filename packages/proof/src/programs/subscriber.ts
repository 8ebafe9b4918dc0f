// Follows the log under a durable cursor and writes down each event it is handed, synchronously.
import { openSync, writeSync } from 'node:fs';
import { EventBridge } from '@bitten/bridge';
import { endWithParent, readTask, type SubscriberTask, say } from './task.js';

const { name, cursor, seenFile } = readTask<SubscriberTask>();
const seen = openSync(seenFile, 'a');
const bridge = new EventBridge({ name, requestTimeout_ms: 1_000 });

const subscription = bridge.subscribe(
  {
    from: 'start',
    cursor,
    hold: true,
    onGap: ({ from, to }) => writeSync(seen, `gap ${from} ${to}\n`),
    onError: (error) => say({ error: String(error) }),
  },
  ({ seq, data }) => {
    const { run = '-', n = '-' } = data as { run?: number; n?: number };
    writeSync(seen, `${seq} ${run} ${n}\n`);
  },
);
await subscription.ready;
say({ ready: true });

endWithParent();

process.once('SIGTERM', async () => {
  await bridge.close();
  process.exit(0);
});
