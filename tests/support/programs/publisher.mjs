// Publishes numbered events as fast as receipts come, and writes down each receipt before it counts.
//
// Task: name, run, seed, count, ackFile; outstanding_max bounds what waits for a receipt.
// Says {"acked":N} now and then, and at the end {"done":true,"acked":N,"failed":{code:count}}.
import { openSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { EventBridge } from '@bitten/bridge';
import { numberedEvents } from '@bitten/proof';

const { name, run, seed, count, ackFile, outstanding_max = 20_000 } = JSON.parse(process.argv[2]);
const eventOf = numberedEvents(seed);
const acks = openSync(ackFile, 'a');
const bridge = new EventBridge({ name });
const failed = {};
let acked = 0;
let outstanding = 0;
let wake = () => {};

function settled() {
  outstanding -= 1;
  wake();
}

function publish(n) {
  outstanding += 1;
  bridge.publish(eventOf(run, n)).then(
    ({ seq }) => {
      writeSync(acks, `${n} ${seq}\n`);
      acked += 1;
      if (acked % 250 === 0) process.stdout.write(`{"acked":${acked}}\n`);
      settled();
    },
    (error) => {
      failed[error.code ?? error.message] = (failed[error.code ?? error.message] ?? 0) + 1;
      settled();
    },
  );
}

async function untilOutstanding(max) {
  while (outstanding > max) {
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
}

for (let n = 1; n <= count; n += 1) {
  publish(n);
  if (n % 100 === 0) await turn();
  await untilOutstanding(outstanding_max);
}
await untilOutstanding(0);
await bridge.close();
process.stdout.write(`${JSON.stringify({ done: true, acked, failed })}\n`);
process.exit(0);
