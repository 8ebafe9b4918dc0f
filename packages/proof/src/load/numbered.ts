import type { Envelope } from '@bitten/schema';
import { createMix, createRandom } from '@bitten/simulator';

/** An event as `publish` takes it. */
export interface NumberedEvent extends Envelope<Record<string, unknown> & { run: number; n: number }> {
  /** A field that no type and no column knows. */
  trace?: { run: number; n: number };
}

const size = 2_000;

/**
 * Events that can be told apart: those of the mix, each with the life (`run`) of the publisher it comes from and
 * its number (`n`) in it, some also with ids and a field of their own in the envelope. Publisher and checker make
 * the same ones from the same seed. With `padding_max` they also carry a text of up to so many letters, so that a
 * log grows by a segment in fewer events.
 */
export function numberedEvents(seed: string, padding_max = 0): (run: number, n: number) => NumberedEvent {
  const random = createRandom(`${seed} padding`);
  const pool = createMix({ seed, size })
    .pool(size)
    .map((event) => ({ event, pad: 'x'.repeat(random.integer(0, padding_max)) }));
  return (run, n) => {
    const { event, pad } = pool[n % size]!;
    const data = { ...event.data, run, n, ...(padding_max === 0 ? {} : { pad }) };
    return { ...event, ...marksOf(run, n), data };
  };
}

/** What an envelope may carry beside the mix's own, in every combination: each has its own way into the store. */
function marksOf(run: number, n: number): Partial<NumberedEvent> {
  return {
    ...(n % 2 === 0 ? { correlation_id: `correlation-${run}-${n}` } : {}),
    ...(n % 3 === 0 ? { user_id: `user-${run}` } : {}),
    ...(n % 5 === 0 ? { session_id: `session-${run}-${n % 100}` } : {}),
    ...(n % 7 === 0 ? { trace: { run, n } } : {}),
  };
}

/** The `m`th invalid event of a life: its direction is none. */
export function invalidEvent(run: number, bad: number): { event_type: string; source: string; data: object } {
  const data = { signal_id: `bad-${run}-${bad}`, symbol: 'EURUSD', direction: 'SIDEWAYS', run, bad };
  return { event_type: 'signal_generated', source: 'proof', data };
}
