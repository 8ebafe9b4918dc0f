import { type BridgeOptions, EventBridge, type Subscription } from '@bitten/bridge';
import { BusClient, type FetchReply, splitEvents } from '@bitten/transport';
import { now_ms } from '../measure/clock.js';
import type { Commands } from '../system/program.js';
import { serve } from './serve.js';

/** A component that reads: live, or from the beginning of the log. */
export interface ReaderCommands extends Commands {
  /** Subscribes to what comes from now on; resolves when nothing that comes later can be missed. */
  listen(options: BridgeOptions): Promise<void>;
  /** When each event was handed over; resolves when one has been. */
  heard(until: { seq: number }): Promise<Heard>;
  /** Reads from the beginning to a place through a subscription; how long that took, milliseconds. */
  replay(options: { bridge: BridgeOptions; until: number }): Promise<number>;
  /** The same without the bridge: fetch, cut, parse. */
  fetch(options: { port: number; until: number }): Promise<number>;
}

interface Heard {
  first_seq: number;
  at_ms: Float64Array;
}

let subscription: Subscription;
let bridge: EventBridge;
let first_seq = 0;
const at_ms: number[] = [];
let waiting: { seq: number; resolve: () => void } | undefined;

const commands: ReaderCommands = {
  async listen(options) {
    bridge = new EventBridge({ ...options, name: 'bench-reader' });
    subscription = bridge.subscribe({ from: 'now' }, ({ seq }) => {
      const seen_ms = now_ms();
      if (at_ms.length === 0) first_seq = seq;
      at_ms.push(seen_ms);
      if (waiting !== undefined && seq >= waiting.seq) waiting.resolve();
    });
    await subscription.ready;
  },
  async heard({ seq }) {
    if (first_seq + at_ms.length - 1 < seq) {
      await new Promise<void>((resolve) => {
        waiting = { seq, resolve };
      });
    }
    return { first_seq, at_ms: Float64Array.from(at_ms) };
  },
  async replay({ bridge: options, until }) {
    const reader = new EventBridge({ ...options, name: 'bench-reader' });
    const started_ms = now_ms();
    await new Promise<void>((resolve) => {
      reader.subscribe({ from: 'start' }, ({ seq }) => {
        if (seq === until) resolve();
      });
    });
    const took_ms = now_ms() - started_ms;
    await reader.close();
    return took_ms;
  },
  fetch: fetchAll,
};

/** Pages of the usual size, the next one on its way while one is parsed. */
async function fetchAll({ port, until }: { port: number; until: number }): Promise<number> {
  const client = new BusClient({ port, name: 'bench-reader' });
  await client.connected();
  const started_ms = now_ms();
  let parsed = 0;
  const ask = (from: number): Promise<FetchReply> => client.fetch({ from });
  for (let coming = ask(1); ; ) {
    const page = await coming;
    const isLast = page.next > until;
    if (!isLast) coming = ask(page.next);
    for (const text of splitEvents(page.body)) if (JSON.parse(text) !== null) parsed += 1;
    if (isLast) break;
  }
  const took_ms = now_ms() - started_ms;
  client.close();
  if (parsed < until) throw new Error(`read ${parsed} of ${until} events`);
  return took_ms;
}

serve(commands);
