import { type Catalogue, keyOf } from '@bitten/schema';
import type { BusClient, EventFilter } from '@bitten/transport';
import { BadOptionError } from './options.js';
import { type ReceivedEvent, receivedEvents } from './received.js';

/** How a subscription begins and what it passes over, for types whose class says something about it. */
export interface LateOptions {
  /**
   * Hand over the last value of each key first, marked with `last_value: true`, then what comes: for types that have a
   * key (docs/EVENTS.md), which `types` must name. Without `cursor` and `from`. Default false.
   */
  lastValues?: boolean;
  /**
   * What becomes of an event that nobody should act on any more, by the class of its type: `skip` passes over it and
   * counts it in `expired`. Default `deliver`.
   */
  expired?: 'skip' | 'deliver';
}

interface AllOptions extends LateOptions {
  types?: readonly string[];
  cursor?: string;
  from?: unknown;
}

/** Throws `BadOptionError` where the options contradict each other. */
export function checkLateOptions(options: AllOptions, catalogue: Catalogue): void {
  const { lastValues = false, expired = 'deliver', types = [], cursor, from } = options;
  if (expired !== 'skip' && expired !== 'deliver')
    throw new BadOptionError('expired', expired, 'skip or deliver');
  if (!lastValues) return;
  // A cursor says what has been dealt with; the last values may be from before or after that.
  if (cursor !== undefined)
    throw new BadOptionError('cursor', cursor, 'left out: with lastValues there is no cursor');
  if (from !== undefined) {
    throw new BadOptionError(
      'from',
      JSON.stringify(from),
      'left out: lastValues begins with them, and goes on from now',
    );
  }
  if (types.length === 0)
    throw new BadOptionError('types', 'empty', 'the types whose last values are wanted');
  const without = types.filter((type) => catalogue.get(type)?.key === null);
  if (without.length > 0)
    throw new BadOptionError('types', without.join(', '), 'types with a key, as market_data has');
}

interface LastValuesQuery {
  types: readonly string[];
  filter: EventFilter;
  catalogue: Catalogue;
  signal: AbortSignal;
}

/**
 * The last value of each key in the order of `seq`, and the place to go on at, so that nothing is missed between them
 * and what follows, and nothing comes twice. Rejects with what a request of `BusClient` rejects with.
 */
export async function readLastValues(
  client: BusClient,
  { types, filter, catalogue, signal }: LastValuesQuery,
): Promise<{ next: number; events: ReceivedEvent[] }> {
  const byKey = new Map<string, ReceivedEvent>();
  for (let after = 0; ; ) {
    const reply = await client.lastValues({ types, filter, after }, { signal });
    for (const event of receivedEvents(reply)) {
      after = event.seq;
      event.last_value = true;
      const key = `${event.event_type}\n${keyOf(event, catalogue) ?? event.seq}`;
      // A value that was replaced between two replies comes again, behind.
      byKey.delete(key);
      byKey.set(key, event);
    }
    if (!reply.more) return { next: reply.next, events: [...byKey.values()] };
  }
}
