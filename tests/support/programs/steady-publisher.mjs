// A component that publishes at a steady rate and never looks back, as components do.
//
// Task: name, run, seed, rate_per_s, publishedFile. Each turn of its loop begins by writing down, synchronously,
// the last number it published in the turn before. Says {"published":N,"spooled":BYTES} now and then. At SIGTERM
// it publishes no more, waits until everything is acknowledged, reports and ends.
import { openSync, writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { EventBridge } from '@bitten/bridge';
import { numberedEvents } from '@bitten/proof';

const { name, run, seed, rate_per_s, publishedFile } = JSON.parse(process.argv[2]);
const eventOf = numberedEvents(seed);
const log = openSync(publishedFile, 'a');
const bridge = new EventBridge({ name });
const delay = monitorEventLoopDelay({ resolution: 5 });
const started = performance.now();
const trouble = { threw: 0, rejected: {}, unhandled: 0 };
let published = 0;
let ticks = 0;

process.on('unhandledRejection', () => {
  trouble.unhandled += 1;
});

function publish(n) {
  try {
    // Every second receipt is ignored, as most components do with all of them.
    const receipt = bridge.publish(eventOf(run, n));
    if (n % 2 === 0) return;
    receipt.catch((error) => {
      trouble.rejected[error.code] = (trouble.rejected[error.code] ?? 0) + 1;
    });
  } catch {
    trouble.threw += 1;
  }
}

function tick() {
  if (published > 0) writeSync(log, `${published}\n`);
  const due = Math.floor(((performance.now() - started) / 1000) * rate_per_s);
  while (published < due) publish(++published);
  ticks += 1;
  if (ticks % 10 === 0) {
    const { spooledBytes, connection } = bridge.stats();
    process.stdout.write(`${JSON.stringify({ published, spooled: spooledBytes, connection })}\n`);
  }
}

delay.enable();
const timer = setInterval(tick, 10);

process.once('SIGTERM', async () => {
  clearInterval(timer);
  delay.disable();
  await bridge.flush();
  await bridge.close();
  const report = {
    done: true,
    published,
    ...trouble,
    loop_delay_p99_ms: delay.percentile(99) / 1e6,
    loop_delay_max_ms: delay.max / 1e6,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exit(0);
});
