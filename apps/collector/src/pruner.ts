import type { Logger } from '@bitten/runtime';
import type { SqliteStore } from '@bitten/storage/store';

/** What the store is to keep; null for all. */
export interface Retention {
  age_s: number | null;
  bytes: number | null;
}

interface PrunerOptions {
  store: SqliteStore;
  log: Logger;
  retention: Retention;
}

/** Rows removed at once: some milliseconds, like a page that is applied. */
const rows_min = 1_000;
const look_ms = 1_000;

/**
 * Keeps the store within its retention, a batch at a time, in the writer's own process: between two pages, so that
 * nobody waits for a large removal.
 *
 * With each page about twice as many rows go as came, so that removing keeps up with any rate; beside that it looks
 * once a second, and while there is much to remove takes at most half of the time.
 */
export class Pruner {
  readonly #o: PrunerOptions;
  readonly #isOn: boolean;
  #timer: NodeJS.Timeout | undefined;
  #inTrouble = false;

  constructor(options: PrunerOptions) {
    this.#o = options;
    const { age_s, bytes } = options.retention;
    this.#isOn = age_s !== null || bytes !== null;
    if (this.#isOn) this.#lookAfter(look_ms);
  }

  /** So many rows have been stored just now. */
  applied(rows: number): void {
    if (this.#isOn) this.#remove(Math.max(rows_min, 2 * rows));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #lookAfter(ms: number): void {
    this.#timer = setTimeout(() => {
      const begunAt = performance.now();
      const isMore = this.#remove(rows_min);
      this.#lookAfter(isMore ? performance.now() - begunAt : look_ms);
    }, ms);
  }

  /** Removes a batch; true where there is more. What fails is tried again: the store is only larger meanwhile. */
  #remove(rowsMax: number): boolean {
    const { store, log, retention } = this.#o;
    const { age_s, bytes } = retention;
    try {
      const { events, dead_letters } = store.retain({
        rowsMax,
        ...(age_s === null ? {} : { appendedBefore: Date.now() / 1000 - age_s }),
        ...(bytes === null ? {} : { bytesMax: bytes }),
      });
      this.#inTrouble = false;
      return events >= rowsMax || dead_letters >= rowsMax;
    } catch (error) {
      if (!this.#inTrouble) log.warn({ err: error }, 'old rows cannot be removed for now');
      this.#inTrouble = true;
      return false;
    }
  }
}
