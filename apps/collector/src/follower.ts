import { BittenError, GapError } from '@bitten/schema';
import { type BusClient, type FetchReply, type LogName, PositionBeyondEndError } from '@bitten/transport';

/** The store holds events that the log has lost. Following on would put others in their places. */
class StoreAheadError extends BittenError {
  constructor(log: LogName, position: number, cause: PositionBeyondEndError) {
    super('store_ahead', `the store has ${log} up to ${position - 1}, and the log ends before ${cause.end}`, {
      found: 'a log that was cut, or is older than the store',
      expected: 'the log that the store was made from',
      remedy:
        'restore the log. If it cannot be had, move bitten_events.db* and log/cursors.json out of the data folder, and ' +
        'start bus and collector: the store is made anew from what the log still holds',
      cause,
    });
  }
}

interface FollowerOptions {
  client: BusClient;
  log: LogName;
  /** The name of the durable cursor at the bus: it holds retention back. */
  cursor: string;
  linger_ms: number;
  /** Where the store stands. */
  position: () => number;
  /** Stores a page and moves the store's cursor, in one transaction. */
  apply: (page: FetchReply) => void;
  /** Goes on behind what retention has removed. */
  skip: (gap: GapError) => void;
  /** Hears, once for each spell of trouble, why following has stopped for now. */
  onTrouble: (error: unknown) => void;
  onRecovered: () => void;
  /** Hears what no waiting mends; following has ended. */
  onFailed: (error: unknown) => void;
}

const wait_ms = 30_000;
const fetchBytesMax = 1024 * 1024;
const commitInterval_ms = 200;
const retryDelay_ms = { min: 100, max: 2_000 };

/**
 * Follows a log by position into the store.
 *
 * **Ordering.** Pages are applied one after the other, each from where the store stands. The next page is on
 * its way while one is applied, so that the bus, the wire and the database work at the same time.
 *
 * **Failure.** The store's own cursor, moved in the same transaction as the rows, is the only one that counts;
 * the one at the bus follows it and keeps retention away. After any failure reading starts again from the store.
 */
export class Follower {
  readonly #o: FollowerOptions;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #commitTimer: NodeJS.Timeout | undefined;
  #committed = 0;
  #inTrouble = false;

  constructor(options: FollowerOptions) {
    this.#o = options;
    this.#done = this.#run();
  }

  /** Ends after the page in hand, and tells the bus where the store stands. */
  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#commitTimer);
    await this.#done;
    await this.#commit();
  }

  async #run(): Promise<void> {
    let delay_ms = retryDelay_ms.min;
    while (!this.#abort.signal.aborted) {
      try {
        await this.#follow(() => {
          delay_ms = retryDelay_ms.min;
        });
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (error instanceof PositionBeyondEndError) {
          return this.#o.onFailed(new StoreAheadError(this.#o.log, this.#o.position(), error));
        }
        const trouble = error instanceof GapError ? this.#skip(error) : error;
        if (trouble === null) continue;
        if (!this.#inTrouble) this.#o.onTrouble(trouble);
        this.#inTrouble = true;
        await this.#pause(delay_ms);
        delay_ms = Math.min(delay_ms * 2, retryDelay_ms.max);
      }
    }
  }

  /** Null where following may go on behind the gap; else why the store could not pass over it now. */
  #skip(gap: GapError): unknown {
    try {
      this.#o.skip(gap);
      return null;
    } catch (error) {
      return error;
    }
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { client, cursor, log, position } = this.#o;
    await client.openCursor({ name: cursor, log, from: position(), hold: true });
    const reading = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, reading.signal]);
    try {
      await this.#applyPages(signal, onProgress);
    } finally {
      // A page that is still on its way would otherwise be waited for beside those of the next attempt.
      reading.abort();
    }
  }

  async #applyPages(signal: AbortSignal, onProgress: () => void): Promise<void> {
    const { position, apply } = this.#o;
    let coming = this.#fetch(position(), signal);
    for (;;) {
      const page = await coming;
      coming = this.#fetch(page.next, signal);
      // Its failure is met where it is awaited; until then it must not count as unhandled.
      coming.catch(() => undefined);
      if (page.next > page.from) apply(page);
      // Only now: a page that came and could not be stored is no progress.
      if (this.#inTrouble) this.#o.onRecovered();
      this.#inTrouble = false;
      onProgress();
      this.#commitSoon();
    }
  }

  #fetch(from: number, signal: AbortSignal): Promise<FetchReply> {
    const { client, log, linger_ms } = this.#o;
    const request = { log, from, wait_ms, linger_ms, max_bytes: fetchBytesMax };
    return client.fetch(request, { signal });
  }

  #commitSoon(): void {
    this.#commitTimer ??= setTimeout(() => {
      this.#commitTimer = undefined;
      void this.#commit();
    }, commitInterval_ms);
  }

  async #commit(): Promise<void> {
    const next = this.#o.position();
    if (next === this.#committed) return;
    try {
      await this.#o.client.commitCursor(this.#o.cursor, next, { timeout_ms: 1_000 });
      this.#committed = next;
    } catch {
      // The bus is away; the next commit says the same and more.
    }
  }

  /** Ends early when the connection changes, so that following goes on as soon as the bus is back, and at a stop. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stopListening();
        this.#abort.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      const stopListening = this.#o.client.onStatus(done);
      this.#abort.signal.addEventListener('abort', done);
    });
  }
}
