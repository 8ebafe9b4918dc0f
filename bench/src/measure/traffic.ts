import type { Envelope } from '@bitten/schema';
import { createMix } from '@bitten/simulator';
import { unixTime } from './clock.js';

export interface Traffic {
  /**
   * The next event. The same object comes again after some thousand events, with new ids and another time: it
   * must have been serialised by then.
   */
  next(): Envelope;
}

export interface TrafficOptions {
  seed: number | string;
  /** Unix seconds of the next event; default: now. */
  clock?: () => number;
}

/**
 * The mix of the design's figures without its repeats: every event has its own time and its own ids, as real
 * ones do, so that indexes grow as they do in real life. A fire names the newest signal, and an execution the
 * fire that has waited longest, as in the simulator's market. Renewing one in place costs some 50 ns.
 */
export function createTraffic({ seed, clock = unixTime }: TrafficOptions): Traffic {
  const mix = createMix({ seed });
  const run = String(seed);
  const chain: Chain = { signal: `SIG-${run}-0000000`, waiting: [] };
  let count = 0;
  return {
    next: () => {
      const event = mix.next();
      count += 1;
      renew(event, { id: `${run}-${String(count).padStart(7, '0')}`, time: clock(), chain });
      return event;
    },
  };
}

/** What the next events of signals and fires belong to. */
interface Chain {
  /** The newest signal. */
  signal: string;
  /** Fires that are not executed. The mix has as many of the one as of the other, so these stay few. */
  waiting: string[];
}

function renew(event: Envelope, { id, time, chain }: { id: string; time: number; chain: Chain }): void {
  const data = event.data as Record<string, unknown>;
  event.timestamp = time;
  switch (event.event_type) {
    case 'market_data':
      data.timestamp = time;
      break;
    case 'signal_generated':
      event.correlation_id = `SIG-${id}`;
      data.signal_id = event.correlation_id;
      chain.signal = event.correlation_id;
      data.expires_at = Math.round(time) + 3_600;
      break;
    case 'fire_command':
      event.correlation_id = `FIRE-${id}`;
      data.fire_id = event.correlation_id;
      data.signal_id = chain.signal;
      chain.waiting.push(event.correlation_id);
      break;
    case 'trade_executed':
      event.correlation_id = chain.waiting.shift() ?? `FIRE-${id}`;
      data.fire_id = event.correlation_id;
      data.execution_time = time;
      break;
  }
}
