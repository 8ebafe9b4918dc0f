// A component that publishes numbered events at a steady rate, some invalid ones among them, and writes down what
// it has been promised, synchronously, before it counts it. At SIGTERM it publishes no more, waits until
// everything of this life and of earlier ones is acknowledged, reports and ends.
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridge } from '@bitten/bridge';
import { invalidEvent, numberedEvents } from '../load/numbered.js';
import { endWithParent, type PublisherTask, readTask, say } from './task.js';

const { name, run, seed, padding_max, rate_per_s, invalidEvery, ackFile, keptFile, refusedFile } =
  readTask<PublisherTask>();
/** So that an outage of minutes does not become a spool of minutes. */
const pending_max = 20_000;
const turn_ms = 10;

const eventOf = numberedEvents(seed, padding_max);
const acks = ackFile === null ? null : openSync(ackFile, 'a');
const kept = openSync(keptFile, 'a');
const refused = openSync(refusedFile, 'a');
const bridge = new EventBridge({ name, requestTimeout_ms: 1_000, receiptsMax: 2 * pending_max });
const failed: Record<string, number> = {};
const trouble = { threw: 0, unhandled: 0 };
let published = 0;
let invalid = 0;
let noted = 0;
// The first event goes at once: with it the bridge begins to deliver what earlier lives have left.
let allowance = 1;
let last = performance.now();

process.on('unhandledRejection', () => {
  trouble.unhandled += 1;
});

function fail(error: { code?: string; message: string }): void {
  const code = error.code ?? error.message;
  failed[code] = (failed[code] ?? 0) + 1;
}

function publish(n: number): void {
  // What came before an acknowledged event of one producer is acknowledged too, an invalid one among it.
  const before = invalid;
  if (invalidEvery > 0 && n % invalidEvery === 0) {
    invalid += 1;
    void bridge.publish(invalidEvent(run, invalid)).catch(() => undefined);
  }
  const bad = invalid === before ? 0 : invalid;
  const receipt = bridge.publish(eventOf(run, n));
  if (acks === null) return;
  receipt.then(({ seq }) => {
    writeSync(acks, `${n} ${seq}\n`);
    if (bad > 0) writeSync(refused, `${bad}\n`);
  }, fail);
}

/** All that was published in earlier turns is acknowledged or on disk: with the spool in use that is a promise. */
function noteKept(): void {
  const { spooledBytes, bufferedBytes, pending } = bridge.stats();
  if (published === noted || bufferedBytes > 0 || (spooledBytes === 0 && pending > 0)) return;
  writeSync(kept, `${published}${spooledBytes > 0 ? ' spooled' : ''}\n`);
  noted = published;
}

function tick(): void {
  noteKept();
  const now = performance.now();
  allowance = Math.min(allowance + ((now - last) / 1_000) * rate_per_s, rate_per_s / 5);
  last = now;
  if (bridge.stats().pending > pending_max) return;
  try {
    for (; allowance >= 1; allowance -= 1) publish(++published);
  } catch {
    trouble.threw += 1;
  }
}

const timer = setInterval(tick, turn_ms);
tick();

endWithParent();

process.once('SIGTERM', async () => {
  clearInterval(timer);
  await bridge.flush();
  while (bridge.stats().orphansLeft > 0) await sleep(turn_ms);
  await bridge.close();
  say({ done: true, published, invalid, failed, ...trouble });
  process.exit(0);
});
// Only now, for from here on it may be asked to end.
say({ ready: true });
