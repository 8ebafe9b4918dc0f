// Subscribes and writes down the seq of each event it is handed, synchronously.
//
// Task: name, file; from, cursor and types as in `subscribe`. Says {"ready":true} when its position is known.
import { openSync, writeSync } from 'node:fs';
import { EventBridge } from '@bitten/bridge';

const { name, file, ...options } = JSON.parse(process.argv[2]);
const seen = openSync(file, 'a');
const bridge = new EventBridge({ name });

function note(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

const subscription = bridge.subscribe(
  {
    ...options,
    onGap: (gap) => note({ gap: [gap.from, gap.to] }),
    onError: (error) => note({ error: error.code ?? error.message }),
  },
  (event) => {
    writeSync(seen, `${event.seq}\n`);
  },
);
await subscription.ready;
note({ ready: true });

process.once('SIGTERM', async () => {
  await bridge.close();
  process.exit(0);
});
