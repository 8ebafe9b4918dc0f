import type { BusClient, EventFilter } from '@bitten/transport';
import { type LoggedItem, type ReplayClock, readItems } from './read-items.js';
import type { Played, ReplayStage } from './stage.js';

/** What a broadcast replay needs of a client: a `BusClient`, or something that asks again while the bus is away. */
export type ReplayClient = Pick<BusClient, 'fetch' | 'replay'>;

/** What a broadcast replay is of, and how its events are marked. */
export interface BroadcastStageOptions {
  client: ReplayClient;
  /** What the events are marked with: 1 to 100 bytes of `A–Z a–z 0–9 . _ : -`. */
  name: string;
  filter?: EventFilter | undefined;
  /** Default `own`. */
  clock?: ReplayClock | undefined;
}

/**
 * The stage of a replay that everybody can watch: the bus broadcasts the events under `replay.`, marked (docs/PROTOCOL.md
 * section 9).
 *
 * **Failure.** Where a reply is lost and the client asks again, those events are broadcast a second time.
 */
export class BroadcastStage implements ReplayStage<LoggedItem> {
  readonly #o: BroadcastStageOptions;

  constructor(options: BroadcastStageOptions) {
    this.#o = options;
  }

  read(from: number, to: number): Promise<{ items: LoggedItem[]; next: number }> {
    return readItems({ ...this.#o, from, to });
  }

  async play(items: readonly LoggedItem[]): Promise<Played> {
    const [first] = items;
    const last = items.at(-1);
    if (first === undefined || last === undefined) throw new RangeError('there is nothing to play');
    const to = last.seq + 1;
    const played = { next: first.seq, sent: 0, unheard: 0 };
    while (played.next < to) {
      const { next, sent, unheard } = await this.sweep(played.next, to);
      played.next = next;
      played.sent += sent;
      played.unheard += unheard;
    }
    return played;
  }

  sweep(from: number, to: number): Promise<Played> {
    const { client, name, filter } = this.#o;
    return client.replay({ name, from, to, filter });
  }
}
