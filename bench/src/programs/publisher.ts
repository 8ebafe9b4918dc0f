import { setImmediate as turn } from 'node:timers/promises';
import { type BridgeOptions, EventBridge } from '@bitten/bridge';
import { now_ms } from '../measure/clock.js';
import { createTraffic } from '../measure/traffic.js';
import type { Commands } from '../system/program.js';
import { Acks } from './acks.js';
import { keepTime } from './beats.js';
import { serve } from './serve.js';

/** A component: it publishes through the bridge and awaits every receipt. */
export interface PublisherCommands extends Commands {
  /** Makes the bridge; resolves when a first event has its receipt. */
  open(options: BridgeOptions): Promise<void>;
  flood(options: FloodOptions): Promise<Flooded>;
  hold(options: HoldOptions): Promise<Held>;
  pace(options: PaceOptions): Promise<Paced>;
  /** One event; resolves when it has its receipt. */
  one(): Promise<{ acked_ms: number }>;
  close(): Promise<void>;
}

interface FloodOptions {
  count: number;
  /** Publishing pauses while so many events are not acknowledged. */
  outstanding_max: number;
}

interface Flooded {
  started_ms: number;
  acked_ms: number;
  last_seq: number;
  /** How long each call of publish took. */
  calls_ms: Float64Array;
}

interface HoldOptions {
  count: number;
  outstanding: number;
}

interface Held {
  started_ms: number;
  ended_ms: number;
  /** From the call of publish to the receipt. */
  acks_ms: Float64Array;
}

interface PaceOptions {
  rate_per_s: number;
  count: number;
}

interface Paced {
  /** When each was due, when publish was called, how long the call took, when the receipt came, and the place it told. */
  due_ms: Float64Array;
  called_ms: Float64Array;
  calls_ms: Float64Array;
  acked_ms: Float64Array;
  seqs: Float64Array;
}

/** Others get a turn after so many events: a component that publishes without pause still has an event loop. */
const burst = 256;

const traffic = createTraffic({ seed: `p${process.pid.toString(36)}` });
let bridge: EventBridge;

const commands: PublisherCommands = {
  async open(options) {
    bridge = new EventBridge({ ...options, name: 'bench' });
    await bridge.publish(traffic.next());
  },
  flood,
  hold,
  pace,
  async one() {
    await bridge.publish(traffic.next());
    return { acked_ms: now_ms() };
  },
  close: () => bridge.close(),
};

/** As fast as the process can, pausing only where too much is unacknowledged. */
async function flood({ count, outstanding_max }: FloodOptions): Promise<Flooded> {
  const acks = new Acks();
  const calls_ms = new Float64Array(count);
  const started_ms = now_ms();
  for (let sent = 0; sent < count; ) {
    for (const end = Math.min(count, sent + burst); sent < end; sent += 1) {
      const event = traffic.next();
      const begun = performance.now();
      const receipt = bridge.publish(event);
      calls_ms[sent] = performance.now() - begun;
      receipt.then(acks.hear, acks.fail);
    }
    if (sent - acks.count < outstanding_max) await turn();
    else await acks.reach(sent - outstanding_max / 2);
  }
  await acks.reach(count);
  return { started_ms, acked_ms: now_ms(), last_seq: acks.last_seq, calls_ms };
}

/** So many events unacknowledged at any time: each receipt makes room for the next event, one for one. */
async function hold({ count, outstanding }: HoldOptions): Promise<Held> {
  const acks = new Acks();
  const acks_ms = new Float64Array(count);
  let sent = 0;
  const publish = (): void => {
    const index = sent;
    sent += 1;
    const event = traffic.next();
    const called_ms = now_ms();
    bridge.publish(event).then((receipt) => {
      acks_ms[index] = now_ms() - called_ms;
      if (sent < count) publish();
      acks.hear(receipt);
    }, acks.fail);
  };
  const started_ms = now_ms();
  while (sent < Math.min(count, outstanding)) publish();
  await acks.reach(count);
  return { started_ms, ended_ms: now_ms(), acks_ms };
}

/** At a rate, whatever becomes of the events. */
async function pace({ rate_per_s, count }: PaceOptions): Promise<Paced> {
  const acks = new Acks();
  const array = (): Float64Array => new Float64Array(count);
  const [due_ms, called_ms, calls_ms, acked_ms, seqs] = [array(), array(), array(), array(), array()];
  const onDue = (index: number, due: number): void => {
    due_ms[index] = due;
    const event = traffic.next();
    const begun_ms = now_ms();
    const receipt = bridge.publish(event);
    calls_ms[index] = now_ms() - begun_ms;
    called_ms[index] = begun_ms;
    receipt.then((received) => {
      acked_ms[index] = now_ms();
      seqs[index] = received.seq ?? Number.NaN;
      acks.hear(received);
    }, acks.fail);
  };
  await keepTime({ rate_per_s, count, onDue });
  await acks.reach(count);
  return { due_ms, called_ms, calls_ms, acked_ms, seqs };
}

serve(commands);
