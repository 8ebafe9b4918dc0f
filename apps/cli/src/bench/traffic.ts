import type { NewEvent } from '@bitten/bridge';
import { createMix, type Mix } from '@bitten/simulator';
import { now_ms } from './clock.js';

/** What can be published: the simulated mix, ticks alone, or an event that means nothing to anybody. */
export const trafficTypes = ['mix', 'market_data', 'bitten_bench'] as const;
export type TrafficType = (typeof trafficTypes)[number];

/** The only type that a bus in use is given: a simulated fire command could be taken for a real one there. */
export const harmlessType = 'bitten_bench';
const benchSource = 'bitten-bench';

export interface TrafficOptions {
  type: TrafficType;
  /** Names the run, in every event; subscribers know its events by it. */
  run: string;
  /** Of this client, in the run. */
  client: number;
  /** What an event is filled up to, in the mean; 0 leaves them as they are. */
  size_bytes: number;
}

/** Events without end, each with ids of its own. */
export interface Traffic {
  next(): NewEvent;
  /** Mean length of an event's JSON, from the first thousand. */
  readonly bytes_mean: number;
}

const sample = 1_000;

/** Everything but the drawing is done beforehand: the client's own work shall not pass for the bus's. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { run, client, size_bytes } = options;
  const measured = drawing(options, createMix({ seed: `${run}-${client}` }), {});
  let bytes = 0;
  for (let i = 0; i < sample; i += 1) bytes += Buffer.byteLength(JSON.stringify(measured()));
  const mean = Math.round(bytes / sample);
  const missing = size_bytes - mean - fillerBytes;
  const filler = missing > 0 ? { filler: 'x'.repeat(missing) } : {};
  const next = drawing(options, createMix({ seed: `${run}-${client}` }), filler);
  return { next, bytes_mean: missing > 0 ? size_bytes : mean };
}

/** `,"filler":""` */
const fillerBytes = 12;

function drawing({ type, run }: TrafficOptions, mix: Mix, filler: object): () => NewEvent {
  let count = 0;
  const draw = (): { event_type: string; source?: string; data: object } => {
    if (type === harmlessType) return { event_type: harmlessType, source: benchSource, data: { n: count } };
    for (;;) {
      const event = mix.next();
      if (type === 'mix' || event.event_type === type) return event;
    }
  };
  return () => {
    const event = draw();
    count += 1;
    // The mix has times of its own, in the past: indexes shall meet it as they meet the present.
    const timestamp = Math.round(Date.now() * 1e3 + (count % 1_000)) / 1e6;
    return {
      ...event,
      timestamp,
      session_id: run,
      data: { ...event.data, sent_ms: Math.round(now_ms() * 1e3) / 1e3, ...filler },
    };
  };
}
