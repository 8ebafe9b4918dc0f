// Subscribes and writes down the seq of each event it is handed, synchronously.
//
// Task: name, file; from, cursor and types as in `subscribe`; with pause_ms it rests so long after each hundred
// events. Says {"ready":true} when its position is known.
import { openSync, writeSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';
import { EventBridge } from '@bitten/bridge';

const { name, file, pause_ms = 0, ...options } = JSON.parse(process.argv[2]);
const seen = openSync(file, 'a');
const bridge = new EventBridge({ name });
let handled = 0;

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
    handled += 1;
    return pause_ms > 0 && handled % 100 === 0 ? rest(pause_ms) : undefined;
  },
);
await subscription.ready;
note({ ready: true });

process.once('SIGTERM', async () => {
  await bridge.close();
  process.exit(0);
});
