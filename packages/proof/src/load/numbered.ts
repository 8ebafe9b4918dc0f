import { createMix, createRandom } from '@bitten/simulator';

/** An event as `publish` takes it. */
export interface NumberedEvent {
  event_type: string;
  timestamp: number;
  source: string;
  data: Record<string, unknown> & { run: number; n: number };
}

const size = 2_000;

/**
 * Events that can be told apart: those of the mix, each with the life (`run`) of the publisher it comes from and
 * its number (`n`) in it. Publisher and checker make the same ones from the same seed. With `padding_max` they
 * also carry a text of up to so many letters, so that a log grows by a segment in fewer events.
 */
export function numberedEvents(seed: string, padding_max = 0): (run: number, n: number) => NumberedEvent {
  const random = createRandom(`${seed} padding`);
  const pool = createMix({ seed, size })
    .pool(size)
    .map((event) => ({ event, pad: 'x'.repeat(random.integer(0, padding_max)) }));
  return (run, n) => {
    const { event, pad } = pool[n % size]!;
    const { event_type, timestamp, source } = event;
    const data = { ...event.data, run, n, ...(padding_max === 0 ? {} : { pad }) };
    return { ...event, event_type, timestamp, source, data };
  };
}

/** The `m`th invalid event of a life: its direction is none. */
export function invalidEvent(run: number, bad: number): { event_type: string; source: string; data: object } {
  const data = { signal_id: `bad-${run}-${bad}`, symbol: 'EURUSD', direction: 'SIDEWAYS', run, bad };
  return { event_type: 'signal_generated', source: 'proof', data };
}
