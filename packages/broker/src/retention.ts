import type { Log } from '@bitten/storage/log';

interface RetentionOptions {
  log: Log;
  /** The lowest position that must be kept; Infinity for none. */
  floor: () => number;
  bytesMax: number | null;
  ageMax_s: number | null;
  /** Unix seconds. */
  now: () => number;
  interval_ms: number;
  onRemoved: (events: number) => void;
  /** Hears what keeps it from removing: once, until it can again. */
  onError: (error: unknown) => void;
}

/** Removes old segments now and then, by size and age, never past a cursor that holds. */
export class Retention {
  readonly #options: RetentionOptions;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    const { bytesMax, ageMax_s, interval_ms } = this.#options;
    if (bytesMax === null && ageMax_s === null) return;
    this.#timer = setInterval(() => this.run(), interval_ms);
  }

  run(): void {
    const { log, floor, bytesMax, ageMax_s, now, onRemoved, onError } = this.#options;
    if (bytesMax === null && ageMax_s === null) return;
    try {
      const removed = log.retain({
        floor: Math.min(floor(), log.nextSeq),
        ...(bytesMax === null ? {} : { bytesMax }),
        ...(ageMax_s === null ? {} : { appendedBefore: now() - ageMax_s }),
      });
      this.#failing = false;
      if (removed > 0) onRemoved(removed);
    } catch (error) {
      if (!this.#failing) onError(error);
      this.#failing = true;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
