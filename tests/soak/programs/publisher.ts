// Publishes numbered events at a steady rate with the bridge, as a component does, and checks its receipts.
//
// Task: name, run, seed, rate. Says each second how far it is. SIGUSR2 makes it publish no more and stay; SIGTERM
// makes it wait for what is unacknowledged, report and end.
import { EventBridge } from '@bitten/bridge';
import { createMix } from '@bitten/simulator';

const { name, run, seed, rate } = JSON.parse(process.argv[2]!) as {
  name: string;
  run: number;
  seed: string;
  rate: number;
};
const poolSize = 2_000;
const pool = createMix({ seed, size: poolSize }).pool(poolSize);
const bridge = new EventBridge({ name });
/** So much may wait for the bus; a machine that cannot keep up is no reason to fill its disk. */
const pending_max = rate * 30;
const tick_ms = 10;
/** What a turn that came late makes up for at most. */
const burst_max = Math.ceil(rate / 5);

let published = 0;
let acked = 0;
let rejected = 0;
let disorder = 0;
let throttled_ms = 0;
let lastSeq = 0;
let due = 0;
let last = performance.now();

function onReceipt(seq: number | null): void {
  acked += 1;
  if (seq === null) return;
  if (seq <= lastSeq) disorder += 1;
  lastSeq = seq;
}

function publish(): void {
  published += 1;
  const event = pool[published % poolSize]!;
  bridge.publish({ ...event, data: { ...event.data, run, n: published } }).then(
    ({ seq }) => onReceipt(seq),
    () => {
      rejected += 1;
    },
  );
}

function tick(): void {
  const now = performance.now();
  const elapsed = now - last;
  last = now;
  if (bridge.stats().pending > pending_max) {
    throttled_ms += elapsed;
    return;
  }
  due = Math.min(due + (elapsed * rate) / 1000, burst_max);
  for (; due >= 1; due -= 1) publish();
}

function report(more: object = {}): void {
  const { pending, spooledBytes } = bridge.stats();
  const line = { run, published, acked, rejected, disorder, throttled_ms, pending, spooledBytes, ...more };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const ticking = setInterval(tick, tick_ms);
const reporting = setInterval(report, 1_000);
report({ ready: true });

process.once('SIGUSR2', async () => {
  clearInterval(ticking);
  await bridge.flush();
  clearInterval(reporting);
  report({ paused: true });
  // Without anything to do it would end; the soak wants to see what it costs at rest.
  setInterval(() => undefined, 2 ** 30);
});

process.once('SIGTERM', async () => {
  clearInterval(ticking);
  clearInterval(reporting);
  await bridge.close({ timeout_ms: 120_000 });
  report({ done: true });
  process.exit(0);
});
