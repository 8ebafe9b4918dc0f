// A component whose memory and spool are too small for what it says, while the bus is away.
//
// Task: name, run, seed, rate_per_s, and `options` for its bridge. Publishes without looking back; says now and
// then what its bridge counts. At SIGTERM it publishes no more, waits until everything accepted is acknowledged,
// reports and ends.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { EventBridge } from '@bitten/bridge';
import { numberedEvents } from '@bitten/proof';

const { name, run, seed, rate_per_s, options } = JSON.parse(process.argv[2]);
const eventOf = numberedEvents(seed);
const bridge = new EventBridge({ name, ...options });
const delay = monitorEventLoopDelay({ resolution: 5 });
const started = performance.now();
const trouble = { threw: 0, rejected: {}, unhandled: 0, told: [] };
/** Accepted events are numbered without a hole: what was refused gets its number another time. */
let accepted = 0;
let tried = 0;

process.on('unhandledRejection', () => {
  trouble.unhandled += 1;
});
bridge.onStatus((status) => {
  if (status.state !== 'trouble') return;
  // The log's errors name the system's in `errno`, the system's own in `code`.
  const { errno, code } = status.error;
  trouble.told.push(typeof errno === 'string' ? errno : code);
});

function publish() {
  tried += 1;
  const { refused } = bridge.stats();
  try {
    bridge.publish(eventOf(run, accepted + 1)).catch((error) => {
      trouble.rejected[error.code] = (trouble.rejected[error.code] ?? 0) + 1;
    });
  } catch {
    trouble.threw += 1;
  }
  if (bridge.stats().refused === refused) accepted += 1;
}

function report(more = {}) {
  const { refused, conflated, bufferedBytes, spooledBytes, connection } = bridge.stats();
  const line = {
    tried,
    accepted,
    refused,
    conflated,
    bufferedBytes,
    spooledBytes,
    connection,
    ...trouble,
    ...more,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

delay.enable();
const ticking = setInterval(() => {
  const due = Math.floor(((performance.now() - started) / 1000) * rate_per_s);
  while (tried < due) publish();
}, 10);
const reporting = setInterval(report, 100);

process.once('SIGTERM', async () => {
  clearInterval(ticking);
  clearInterval(reporting);
  delay.disable();
  await bridge.flush();
  await bridge.close();
  report({ done: true, loop_delay_p99_ms: delay.percentile(99) / 1e6 });
  process.exit(0);
});
