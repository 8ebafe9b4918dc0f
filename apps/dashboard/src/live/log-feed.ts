import { setTimeout as sleep } from 'node:timers/promises';
import { type Envelope, GapError } from '@bitten/schema';
import { type FetchReply, PositionBeyondEndError, splitEvents } from '@bitten/transport';

/** An event of the log, parsed where somebody wants to know what is in it. */
export class FeedEvent {
  readonly seq: number;
  readonly appendedAt: number;
  readonly text: string;
  #event: Envelope | undefined;

  constructor(seq: number, appendedAt: number, text: string) {
    this.seq = seq;
    this.appendedAt = appendedAt;
    this.text = text;
  }

  get event(): Envelope {
    this.#event ??= JSON.parse(this.text) as Envelope;
    return this.#event;
  }
}

export function feedEventsOf({ runs, body }: Pick<FetchReply, 'runs' | 'body'>): FeedEvent[] {
  const texts = splitEvents(body);
  const events: FeedEvent[] = [];
  for (const [first, count, appendedAt] of runs) {
    for (let seq = first; seq < first + count; seq += 1) {
      events.push(new FeedEvent(seq, appendedAt, texts[events.length]!));
    }
  }
  return events;
}

export interface FeedListener {
  /** Everything in the log before `next` that was not heard of yet. */
  onEvents(events: readonly FeedEvent[], next: number): void;
  /** Events from `from` up to, not including, `to` will not be told: removed by retention, or too many to read. */
  onPassed(range: { from: number; to: number; why: 'gap' | 'unread' }): void;
}

export interface LogFeedOptions {
  /** Asks the bus for a page of everything, waiting for it; rejects where there is no bus. */
  fetch: (from: number, signal: AbortSignal) => Promise<FetchReply>;
  /** Where the log ends. */
  end: () => Promise<number>;
}

/** Behind by more than that, nobody wants to see the rest go by: the newest are read, and the others counted. */
const behind_events_max = 50_000;
const newest_events = 1_000;
/** A full page every so often is as much as is read while more is waiting: the bus has others to serve. */
const pace_ms = 60;
const retry_ms = 500;

/**
 * Reads the end of the log once for all tails: as the bus sees it, ten pages are one reader without a filter, which is
 * the cheapest there is. It reads while somebody listens.
 */
export class LogFeed {
  readonly #o: LogFeedOptions;
  readonly #listeners = new Set<FeedListener>();
  #reading: AbortController | null = null;
  #position: number | null = null;

  constructor(options: LogFeedOptions) {
    this.#o = options;
  }

  /** Where it will go on; null until it has found the end of the log. */
  get position(): number | null {
    return this.#position;
  }

  /** The function returned ends it. */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    if (this.#position !== null) listener.onEvents([], this.#position);
    if (this.#reading === null) {
      this.#reading = new AbortController();
      void this.#read(this.#reading.signal);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    this.#reading?.abort();
    this.#reading = null;
    this.#position = null;
  }

  async #read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const from = this.#position ?? (await this.#o.end());
        if (signal.aborted) return;
        if (this.#position === null) this.#begin(from);
        const page = await this.#o.fetch(from, signal);
        if (signal.aborted) return;
        this.#tell(page);
        if (page.next < page.end) await sleep(pace_ms);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof GapError) this.#pass({ from: error.from, to: error.to, why: 'gap' });
        else {
          // Another log than before: what was the place in the old one means nothing.
          if (error instanceof PositionBeyondEndError) this.#position = null;
          await sleep(retry_ms);
        }
      }
    }
  }

  /** Before anything comes, which may be long, everybody knows where they are. */
  #begin(from: number): void {
    this.#position = from;
    for (const listener of this.#listeners) listener.onEvents([], from);
  }

  #tell(page: FetchReply): void {
    this.#position = page.next;
    const events = feedEventsOf(page);
    for (const listener of this.#listeners) listener.onEvents(events, page.next);
    if (page.end - page.next <= behind_events_max) return;
    this.#pass({ from: page.next, to: page.end - newest_events, why: 'unread' });
  }

  #pass(range: { from: number; to: number; why: 'gap' | 'unread' }): void {
    this.#position = range.to;
    for (const listener of this.#listeners) listener.onPassed(range);
  }
}
