// A component that knows only the wire of 5571: pushes valid and invalid events in turn, and never hears of them.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { invalidEvent, numberedEvents } from '../load/numbered.js';
import { lastEvent, lastSourceOf, type RawTask, readTask, say } from './task.js';

// The transport's own ZeroMQ: the proof brings none of its own that could differ from it.
const require = createRequire(fileURLToPath(import.meta.resolve('@bitten/transport')));
interface Push {
  connect(endpoint: string): void;
  send(frame: string): Promise<void>;
  close(): void;
}
const zeromq = require('zeromq') as { Push: new () => Push };

const { endpoint, run, seed, padding_max, count, rate_per_s } = readTask<RawTask>();
const eventOf = numberedEvents(seed, padding_max);
const push = new zeromq.Push();
push.connect(endpoint);
for (let n = 1; n <= count; n += 1) {
  await push.send(JSON.stringify(eventOf(run, n)));
  const { timestamp } = eventOf(run, n);
  await push.send(JSON.stringify({ ...invalidEvent(run, n), timestamp }));
  await sleep(1_000 / rate_per_s);
}
const end = { event_type: lastEvent, timestamp: 1, source: lastSourceOf(run), data: {} };
await push.send(JSON.stringify(end));
say({ done: true, published: count, invalid: count });
// Closing waits until what was sent has left.
push.close();
