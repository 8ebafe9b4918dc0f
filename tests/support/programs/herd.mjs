// Many subscribers in one process, each with a connection of its own.
//
// Task: name, subscribers; from as in `subscribe`. Says now and then how far the slowest and the fastest is, what
// came out of order, which gaps there were, and how late events were since it said so last (the publisher's clock
// is this machine's).
import { createHistogram } from 'node:perf_hooks';
import { EventBridge } from '@bitten/bridge';

const { name, subscribers, from = 'now' } = JSON.parse(process.argv[2]);
const lateness_us = createHistogram();
const herd = Array.from({ length: subscribers }, (_, i) => ({
  bridge: new EventBridge({ name: `${name}-${i}`, spoolDir: false }),
  seen: 0,
  last: null,
}));
let disorder = 0;
let gaps = 0;

function follow(one) {
  return one.bridge.subscribe(
    {
      from,
      onGap: ({ to }) => {
        gaps += 1;
        one.last = to - 1;
      },
    },
    ({ seq, data }) => {
      if (one.last !== null && seq !== one.last + 1) disorder += 1;
      one.last = seq;
      one.seen += 1;
      if (data.sent_ms !== undefined) {
        const late_us = Math.round((performance.timeOrigin + performance.now() - data.sent_ms) * 1000);
        lateness_us.record(Math.max(1, late_us));
      }
    },
  );
}

await Promise.all(herd.map((one) => follow(one).ready));
process.stdout.write('{"ready":true}\n');

setInterval(() => {
  const lasts = herd.map(({ last }) => last ?? 0);
  const line = {
    slowest: Math.min(...lasts),
    fastest: Math.max(...lasts),
    seen: herd.reduce((sum, { seen }) => sum + seen, 0),
    disorder,
    gaps,
  };
  const late = { p50_ms: lateness_us.percentile(50) / 1000, p99_ms: lateness_us.percentile(99) / 1000 };
  process.stdout.write(`${JSON.stringify(lateness_us.count > 0 ? { ...line, ...late } : line)}\n`);
  lateness_us.reset();
}, 500);
