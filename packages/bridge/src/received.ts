import type { Envelope, ReplayMark } from '@bitten/schema';
import { type FetchReply, splitEvents } from '@bitten/transport';

/** An event as a subscriber gets it. */
export interface ReceivedEvent<Data = Record<string, unknown>> extends Envelope<Data> {
  /** Its place in the log. */
  seq: number;
  /** When the bus appended it, Unix seconds. */
  appended_at: number;
  /** Whether it is the last value of its key from before the subscription (`lastValues`). */
  last_value?: true;
  /** On what is not happening now: of which replay it is, and when it was replayed. */
  replay?: ReplayMark;
}

/** The events of a page in the order of the log, each parsed when its turn comes. */
export function* receivedEvents({ body, runs }: Pick<FetchReply, 'body' | 'runs'>): Generator<ReceivedEvent> {
  const texts = splitEvents(body);
  let index = 0;
  for (const [first, count, appended_at] of runs) {
    for (let seq = first; seq < first + count; seq += 1) {
      const event = JSON.parse(texts[index]!) as ReceivedEvent;
      event.seq = seq;
      event.appended_at = appended_at;
      index += 1;
      yield event;
    }
  }
}
