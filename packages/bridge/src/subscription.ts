import { setImmediate as nextTurn } from 'node:timers/promises';
import { BittenError, type Catalogue, GapError, isExpired, isReplayed } from '@bitten/schema';
import { type EventFilter, type FetchReply, type Position, RemoteError } from '@bitten/transport';
import { unixTime } from './clock.js';
import { type Handler, type HandlerErrorPolicy, HandOver, retryDelay_ms } from './hand-over.js';
import { checkLateOptions, type LateOptions, readLastValues } from './last-values.js';
import type { Link } from './link.js';
import { pauseUntilChange } from './pause.js';
import { type ReceivedEvent, receivedEvents } from './received.js';
import { markedError } from './replayed.js';

/** Which events, and from where on. */
export interface SubscribeOptions extends EventFilter, LateOptions {
  /**
   * `now` (the default), `start`, a `seq`, or the first event appended at or after a time in Unix seconds. With
   * a cursor it counts only when the cursor is new.
   */
  from?: 'now' | 'start' | number | { time: number };
  /**
   * The name of a durable cursor: the position is kept by the bus, and the next subscription of that name goes
   * on after the last event whose handler succeeded.
   */
  cursor?: string;
  /** Keep retention from passing the cursor. Default false: if it does, `onGap` hears of it. */
  hold?: boolean;
  /** Hears which events retention removed before they were read; reading goes on after them. */
  onGap?: (gap: GapError) => void;
  /** Hears what a handler threw, and, once for each spell, what keeps the subscription from reading. */
  onError?: (error: unknown) => void;
  /** What becomes of an event whose handler threw. Default: `retry` with a cursor, `skip` without. */
  onHandlerError?: HandlerErrorPolicy;
}

/** What a subscription needs beside them. */
export interface SubscriptionSetup extends SubscribeOptions {
  /** Knows which events expire. */
  catalogue: Catalogue;
}

const wait_ms = 30_000;
const commitInterval_ms = 200;
/** A page of thousands of events must not keep the component from its own work for longer than this. */
const turn_ms = 5;
const eventsPerLook = 64;

/**
 * Reads events from the log and hands them to a handler, one after the other.
 *
 * **Ordering.** In the order of `seq`, without gap or repeat, history and live alike: both are one read of one
 * log, which waits where it ends. What retention removed is reported, never skipped in silence.
 *
 * **Failure.** After a lost connection reading goes on where it was. With a durable cursor an event counts as
 * dealt with when its handler has succeeded; after a crash those of the last fifth of a second may come again.
 */
export class Subscription {
  readonly #link: Link;
  readonly #options: SubscriptionSetup;
  readonly #handOver: HandOver;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #position: number | null = null;
  #committed = 0;
  #committing: Promise<void> = Promise.resolve();
  #commitTimer: NodeJS.Timeout | undefined;
  #end = 0;
  #expired = 0;
  /** What keeps it from reading, as far as that has been said. */
  #trouble: unknown = null;
  #ready!: () => void;

  /** Resolves when the position is known, so that every event appended from then on is delivered; or at the end. */
  readonly ready = new Promise<void>((resolve) => {
    this.#ready = resolve;
  });

  /** Throws `BadOptionError`. */
  constructor(link: Link, options: SubscriptionSetup, handler: Handler) {
    checkLateOptions(options, options.catalogue);
    this.#link = link;
    this.#options = options;
    this.#handOver = new HandOver({
      handler,
      policy: options.onHandlerError ?? (options.cursor === undefined ? 'skip' : 'retry'),
      onError: (error) => this.#tell(error),
      pause: (ms) => pauseUntilChange(link, ms, this.#abort.signal),
      abort: this.#abort,
    });
    this.#done = this.#run().finally(() => this.#ready());
  }

  /** Resolves when the subscription has ended: closed, or stopped by an error of its handler. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** The next `seq` to be handed over; null before the first answer of the bus. */
  get position(): number | null {
    return this.#position;
  }

  /** How many events of the log are still to be looked at, as of the last answer. */
  get lag(): number {
    return this.#position === null ? 0 : Math.max(0, this.#end - this.#position);
  }

  /** How many events were passed over because nobody should act on them any more (`expired: 'skip'`). */
  get expired(): number {
    return this.#expired;
  }

  /** Stops after the event in hand and commits the cursor. Not to be awaited by the handler itself. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#done;
    clearTimeout(this.#commitTimer);
    await this.#committing;
    await this.#commitNow().catch(() => undefined);
  }

  get #closed(): boolean {
    return this.#abort.signal.aborted;
  }

  async #run(): Promise<void> {
    let delay_ms = retryDelay_ms.min;
    while (!this.#closed) {
      try {
        // The first connection takes a moment, which is nobody's error.
        if (this.#link.open().status.state === 'connecting') {
          await pauseUntilChange(this.#link, wait_ms, this.#abort.signal);
          continue;
        }
        this.#position ??= await this.#open();
        if (this.#closed) return;
        this.#ready();
        await this.#deliver(await this.#fetch(this.#position));
        this.#trouble = null;
        delay_ms = retryDelay_ms.min;
      } catch (error) {
        if (this.#closed) return;
        if (error instanceof GapError) {
          this.#skip(error);
          continue;
        }
        this.#tellTrouble(error);
        await pauseUntilChange(this.#link, delay_ms, this.#abort.signal);
        delay_ms = Math.min(delay_ms * 2, retryDelay_ms.max);
      }
    }
  }

  /** Goes on behind what retention has removed, and says so to whoever listens. */
  #skip(gap: GapError): void {
    const { onGap } = this.#options;
    this.#position = gap.to;
    if (onGap === undefined) this.#tell(gap);
    else this.#guard(() => onGap(gap));
  }

  #tellTrouble(error: unknown): void {
    const kind = error instanceof BittenError ? error.code : error;
    if (kind === this.#trouble) return;
    this.#trouble = kind;
    this.#tell(error);
  }

  #tell(error: unknown): void {
    this.#guard(() => this.#options.onError?.(error));
  }

  /** What a listener throws is not ours to judge, and must not end the reading. */
  #guard(call: () => void): void {
    try {
      call();
    } catch {
      // There is nobody left to tell.
    }
  }

  async #open(): Promise<number> {
    const { from = 'now', cursor, hold = false } = this.#options;
    if (this.#options.lastValues === true) return this.#beginWithLastValues();
    const position: Position = from === 'now' ? 'end' : from;
    if (cursor !== undefined) {
      const { next } = await this.#link.open().openCursor({ name: cursor, from: position, hold });
      this.#committed = next;
      return next;
    }
    if (typeof position === 'number') return position;
    // Asks for nothing but the place that the words stand for.
    return (await this.#link.open().fetch({ from: position, max_bytes: 1, wait_ms: 0 })).from;
  }

  async #beginWithLastValues(): Promise<number> {
    const { types = [], catalogue } = this.#options;
    const query = { types, filter: this.#filter(), catalogue, signal: this.#abort.signal };
    const { next, events } = await readLastValues(this.#link.open(), query);
    await this.#handAll(events);
    return next;
  }

  #fetch(from: number): Promise<FetchReply> {
    return this.#link.open().fetch({ from, filter: this.#filter(), wait_ms }, { signal: this.#abort.signal });
  }

  #filter(): EventFilter {
    const { types, symbols, users, sources } = this.#options;
    return {
      ...(types === undefined ? {} : { types }),
      ...(symbols === undefined ? {} : { symbols }),
      ...(users === undefined ? {} : { users }),
      ...(sources === undefined ? {} : { sources }),
    };
  }

  async #deliver(reply: FetchReply): Promise<void> {
    this.#end = reply.end;
    if (!(await this.#handAll(receivedEvents(reply)))) return;
    this.#position = reply.next;
    this.#commitSoon();
  }

  /** Whether all of them have been dealt with; else the subscription has ended. */
  async #handAll(events: Iterable<ReceivedEvent>): Promise<boolean> {
    let turnEnds = performance.now() + turn_ms;
    let given = 0;
    for (const event of events) {
      const handled = this.#isToSkip(event) || this.#handOver.give(event);
      if (handled !== true && !(await handled)) return false;
      // Among the last values there is no position yet.
      if (this.#position !== null) this.#position = event.seq + 1;
      this.#commitSoon();
      if (this.#closed) return false;
      given += 1;
      if (given % eventsPerLook === 0 && performance.now() > turnEnds) {
        await nextTurn();
        turnEnds = performance.now() + turn_ms;
      }
    }
    return true;
  }

  #isToSkip(event: ReceivedEvent): boolean {
    // The bus appends none; what lies in an old log must not trade either.
    if (isReplayed(event)) {
      this.#tell(markedError(event));
      return true;
    }
    const { expired, catalogue } = this.#options;
    if (expired !== 'skip' || !isExpired(event, catalogue, unixTime())) return false;
    this.#expired += 1;
    return true;
  }

  #commitSoon(): void {
    if (this.#options.cursor === undefined || this.#commitTimer !== undefined) return;
    this.#commitTimer = setTimeout(() => {
      this.#commitTimer = undefined;
      this.#committing = this.#commitNow().catch(() => undefined);
    }, commitInterval_ms);
  }

  async #commitNow(): Promise<void> {
    const { cursor, hold = false } = this.#options;
    const next = this.#position;
    if (cursor === undefined || next === null || next === this.#committed) return;
    const client = this.#link.open();
    try {
      await client.commitCursor(cursor, next);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.code !== 'unknown_cursor') throw error;
      // Somebody has deleted it; while there is a reader, it is needed.
      await client.openCursor({ name: cursor, from: next, hold });
    }
    this.#committed = next;
  }
}
