import { setTimeout as sleep } from 'node:timers/promises';
import { GapError } from '@bitten/schema';
import { type EventFilter, type FetchReply, PositionBeyondEndError } from '@bitten/transport';
import type { TailFrame } from '../api/index.js';
import { listedRowOfLogged } from '../events/rows.js';
import { testOf } from './filter.js';
import { type FeedEvent, type FeedListener, feedEventsOf, type LogFeed } from './log-feed.js';

export interface TailOptions {
  feed: LogFeed;
  filter: EventFilter;
  /** The last event seen before; undefined for what comes from now on. */
  after: number | undefined;
  /** Asks the bus for what there is of a filter from a place on, without waiting. */
  fetch: (from: number, filter: EventFilter, signal: AbortSignal) => Promise<FetchReply>;
  /** Where the log ends. */
  end: () => Promise<number>;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

/** What a person can read, and a page can draw, of a stream. */
const shown_max = { frame_events: 100, frame_bytes: 256 * 1024, per_s: 200 };
/** Who was away longer than that sees the newest of it; all of it is on the page of events. */
const catchUp_events_max = 20_000;
const retry_ms = 500;

/**
 * What one page sees of the events as they come.
 *
 * **Ordering.** In the order of `seq`. Every event that passes the filter is either shown or counted in
 * `passed_over`; what could not be looked at is counted in `gap` and `unread`. None is shown twice.
 *
 * **Failure.** While the bus is away nothing comes, and then it goes on where it was.
 */
export class Tail {
  readonly #o: TailOptions;
  readonly #test: ReturnType<typeof testOf>;
  readonly #abort = new AbortController();
  readonly #now: () => number;
  readonly #stopListening: () => void;
  /** The next `seq` to look at; null until that is known. */
  #position: number | null = null;
  #isCaughtUp: boolean;
  #pending: FeedEvent[] = [];
  #pending_bytes = 0;
  #passed = 0;
  #unread = 0;
  #gap: TailFrame['gap'] = null;
  /** How many may be shown now: it fills with time. */
  #allowance = shown_max.frame_events;
  #filledAt: number;

  constructor(options: TailOptions) {
    this.#o = options;
    this.#test = testOf(options.filter);
    this.#now = options.now ?? (() => performance.now());
    this.#filledAt = this.#now();
    const { feed, after } = options;
    const listener: FeedListener = {
      onEvents: (events, next) => this.#hear(events, next),
      onPassed: (range) => this.#pass(range),
    };
    this.#isCaughtUp = after === undefined;
    this.#stopListening = feed.listen(listener);
    if (after !== undefined) void this.#catchUp(after + 1);
  }

  close(): void {
    this.#abort.abort();
    this.#stopListening();
  }

  /** The last `seq` that was looked at and told of; undefined before there is one. */
  get lastSeen(): number | undefined {
    const next = this.#pending[0]?.seq ?? this.#position;
    return next === null || next < 1 ? undefined : next - 1;
  }

  /** What has come since the last one; null where nothing has. */
  take(): TailFrame | null {
    const count = Math.min(this.#pending.length, this.#allow());
    if (count === 0 && this.#passed === 0 && this.#unread === 0 && this.#gap === null) {
      // Nothing to show, or too soon to show it: then it is shown next time.
      return null;
    }
    const shown = count === 0 ? [] : this.#pending.slice(-count);
    const frame: TailFrame = {
      events: shown.map(({ event, seq, appendedAt, text }) =>
        listedRowOfLogged(event, { seq, appendedAt, bytes: text.length }),
      ),
      passed_over: this.#passed + this.#pending.length - shown.length,
      gap: this.#gap,
      ...(this.#unread === 0 ? {} : { unread: this.#unread }),
    };
    this.#allowance -= shown.length;
    this.#pending = [];
    this.#pending_bytes = 0;
    this.#passed = 0;
    this.#unread = 0;
    this.#gap = null;
    return frame;
  }

  /** A frame that could not be sent: what was in it counts as passed over. */
  giveBack({ events, passed_over, gap, unread = 0 }: TailFrame): void {
    this.#passed += events.length + passed_over;
    this.#unread += unread;
    this.#gap = gap ?? this.#gap;
  }

  #allow(): number {
    const now = this.#now();
    const filled = this.#allowance + ((now - this.#filledAt) / 1_000) * shown_max.per_s;
    this.#filledAt = now;
    this.#allowance = Math.min(shown_max.frame_events, filled);
    return Math.floor(this.#allowance);
  }

  #hear(events: readonly FeedEvent[], next: number): void {
    if (!this.#isCaughtUp) return;
    this.#take(events, next);
  }

  #take(events: readonly FeedEvent[], next: number): void {
    const from = this.#position ?? 0;
    this.#position = Math.max(from, next);
    // Without a filter only the last ones are of interest: the others need not be looked at to be counted.
    for (const event of events) {
      if (event.seq < from || (this.#test !== null && !this.#test(event.event))) continue;
      this.#pending.push(event);
      this.#pending_bytes += event.text.length;
    }
    let drop = 0;
    while (drop < this.#pending.length - 1 && this.#isTooMuch(drop)) {
      this.#pending_bytes -= this.#pending[drop]!.text.length;
      drop += 1;
    }
    this.#pending.splice(0, drop);
    this.#passed += drop;
  }

  #isTooMuch(dropped: number): boolean {
    return (
      this.#pending.length - dropped > shown_max.frame_events || this.#pending_bytes > shown_max.frame_bytes
    );
  }

  #pass({ from, to, why }: { from: number; to: number; why: 'gap' | 'unread' }): void {
    if (!this.#isCaughtUp) return;
    this.#skip({ from: Math.max(from, this.#position ?? 0), to, why });
  }

  #skip({ from, to, why }: { from: number; to: number; why: 'gap' | 'unread' }): void {
    this.#position = Math.max(to, this.#position ?? 0);
    if (to <= from) return;
    if (why === 'gap') this.#gap = { from: this.#gap?.from ?? from, to };
    // What passes where everything does is known without looking.
    else if (this.#test === null) this.#passed += to - from;
    else this.#unread += to - from;
  }

  /** Reads what came while nobody listened, and joins the feed where that is. */
  async #catchUp(after: number): Promise<void> {
    const { signal } = this.#abort;
    this.#position = after;
    while (!signal.aborted) {
      try {
        if (await this.#catchUpOnce(signal)) return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof GapError) this.#skip({ from: error.from, to: error.to, why: 'gap' });
        else if (error instanceof PositionBeyondEndError) {
          // Another log than the one it was seen in: it begins with what comes.
          this.#position = null;
          this.#isCaughtUp = true;
          return;
        } else await sleep(retry_ms);
      }
    }
  }

  /** True when nothing is missing any more between here and the feed. */
  async #catchUpOnce(signal: AbortSignal): Promise<boolean> {
    const { feed, filter, fetch, end } = this.#o;
    const newest = (await end()) - catchUp_events_max;
    if (this.#position! < newest) this.#skip({ from: this.#position!, to: newest, why: 'unread' });
    const page = await fetch(this.#position!, filter, signal);
    if (signal.aborted) return true;
    this.#take(feedEventsOf(page), page.next);
    this.#isCaughtUp = page.next >= page.end && feed.position !== null && feed.position <= page.next;
    return this.#isCaughtUp;
  }
}
