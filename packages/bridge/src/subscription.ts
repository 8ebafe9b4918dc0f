import { setImmediate as nextTurn } from 'node:timers/promises';
import { BittenError, type Envelope, GapError } from '@bitten/schema';
import {
  type EventFilter,
  type FetchReply,
  type Position,
  RemoteError,
  splitEvents,
} from '@bitten/transport';
import type { Link } from './link.js';

/** Which events, and from where on. */
export interface SubscribeOptions extends EventFilter {
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
  onHandlerError?: 'retry' | 'skip' | 'stop';
}

/** An event as a subscriber gets it. */
export interface ReceivedEvent<Data = Record<string, unknown>> extends Envelope<Data> {
  /** Its place in the log. */
  seq: number;
  /** When the bus appended it, Unix seconds. */
  appended_at: number;
}

/** The next event is handed over when the promise, if there is one, has resolved. */
export type Handler = (event: ReceivedEvent) => void | Promise<void>;

const wait_ms = 30_000;
const commitInterval_ms = 200;
/** A page of thousands of events must not keep the component from its own work for longer than this. */
const turn_ms = 5;
const eventsPerLook = 64;
const retryDelay_ms = { min: 50, max: 2_000 };

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
  readonly #options: SubscribeOptions;
  readonly #handler: Handler;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #position: number | null = null;
  #committed = 0;
  #committing: Promise<void> = Promise.resolve();
  #commitTimer: NodeJS.Timeout | undefined;
  #end = 0;
  /** What keeps it from reading, as far as that has been said. */
  #trouble: unknown = null;
  #ready!: () => void;

  /** Resolves when the position is known, so that every event appended from then on is delivered; or at the end. */
  readonly ready = new Promise<void>((resolve) => {
    this.#ready = resolve;
  });

  constructor(link: Link, options: SubscribeOptions, handler: Handler) {
    this.#link = link;
    this.#options = options;
    this.#handler = handler;
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
          await this.#pause(wait_ms);
          continue;
        }
        this.#position ??= await this.#open();
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
        await this.#pause(delay_ms);
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

  #fetch(from: number): Promise<FetchReply> {
    const { types, symbols, users, sources } = this.#options;
    const filter: EventFilter = {
      ...(types === undefined ? {} : { types }),
      ...(symbols === undefined ? {} : { symbols }),
      ...(users === undefined ? {} : { users }),
      ...(sources === undefined ? {} : { sources }),
    };
    return this.#link.open().fetch({ from, filter, wait_ms }, { signal: this.#abort.signal });
  }

  async #deliver(reply: FetchReply): Promise<void> {
    this.#end = reply.end;
    const texts = splitEvents(reply.body);
    let turnEnds = performance.now() + turn_ms;
    let index = 0;
    for (const [first, count, appended_at] of reply.runs) {
      for (let seq = first; seq < first + count; seq += 1) {
        const event = JSON.parse(texts[index]!) as ReceivedEvent;
        event.seq = seq;
        event.appended_at = appended_at;
        index += 1;
        const handled = this.#handle(event);
        if (handled !== true && !(await handled)) return;
        this.#position = seq + 1;
        this.#commitSoon();
        if (this.#closed) return;
        if (index % eventsPerLook === 0 && performance.now() > turnEnds) {
          await nextTurn();
          turnEnds = performance.now() + turn_ms;
        }
      }
    }
    this.#position = reply.next;
    this.#commitSoon();
  }

  /** Whether the event has been dealt with; a promise only where the handler gave one, or threw. */
  #handle(event: ReceivedEvent): true | Promise<boolean> {
    try {
      const result = this.#handler(event);
      if (result === undefined) return true;
      return result.then(
        () => true,
        (error: unknown) => this.#retry(event, error),
      );
    } catch (error) {
      return this.#retry(event, error);
    }
  }

  async #retry(event: ReceivedEvent, firstError: unknown): Promise<boolean> {
    const { cursor } = this.#options;
    const policy = this.#options.onHandlerError ?? (cursor === undefined ? 'skip' : 'retry');
    let error = firstError;
    for (let delay_ms = retryDelay_ms.min; ; delay_ms = Math.min(delay_ms * 2, retryDelay_ms.max)) {
      this.#tell(error);
      if (policy === 'skip') return true;
      if (policy === 'stop') this.#abort.abort();
      else await this.#pause(delay_ms);
      if (this.#closed) return false;
      try {
        await this.#handler(event);
        return true;
      } catch (thrown) {
        error = thrown;
      }
    }
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

  /** Ends early when the connection changes, so that reading goes on as soon as the bus is back, and at the close. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        this.#abort.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      const stopListening = this.#link.onStatus(done);
      this.#abort.signal.addEventListener('abort', done);
    });
  }
}
