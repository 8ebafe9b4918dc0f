import type { Envelope } from '@bitten/schema';
import { type BusClient, type EventFilter, splitEvents } from '@bitten/transport';
import type { ReplayItem } from './stage.js';

/** By which clock a replay runs: the events' own time, or when the bus appended them. */
export type ReplayClock = 'own' | 'appended';

/** An event of the log, on its way to be played. */
export interface LoggedItem extends ReplayItem {
  event: Envelope;
  /** When the bus appended it, Unix seconds. */
  appended_at: number;
}

/** Which events of the log are read, and which of their times counts. */
export interface ReadItemsOptions {
  client: Pick<BusClient, 'fetch'>;
  from: number;
  to: number;
  filter?: EventFilter | undefined;
  /** Default `own`. */
  clock?: ReplayClock | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * A page of the events to be replayed, and where to go on reading. Throws what a fetch throws: `GapError` where
 * retention has removed them.
 */
export async function readItems(options: ReadItemsOptions): Promise<{ items: LoggedItem[]; next: number }> {
  const { client, from, to, filter, clock = 'own', signal } = options;
  const asked = { from, ...(filter === undefined ? {} : { filter }) };
  const { body, runs, next } = await client.fetch(asked, signal === undefined ? {} : { signal });
  const texts = splitEvents(body);
  const items: LoggedItem[] = [];
  let index = 0;
  for (const [first, count, appended_at] of runs) {
    for (let seq = first; seq < first + count; seq += 1) {
      const text = texts[index]!;
      index += 1;
      if (seq >= to) return { items, next: to };
      const event = JSON.parse(text) as Envelope;
      items.push({ seq, time: clock === 'own' ? event.timestamp : appended_at, event, appended_at });
    }
  }
  return { items, next: Math.min(next, to) };
}
