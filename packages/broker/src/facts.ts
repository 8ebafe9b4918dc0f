import type { Log } from '@bitten/storage/log';
import type { BusStats } from '@bitten/transport';
import type { Rejections } from './counters.js';

/** What the bus tells of itself within its process: all that `stats` tells, and what only its keeper asks for. */
export interface BusFacts extends BusStats {
  /** Since the start; together as many as `events.rejected`. */
  rejections: Rejections[];
  /** When the oldest event of the log was appended, Unix seconds; null for an empty log. */
  oldest_append_at: number | null;
}

/** Knows when the oldest event was appended. It is read from the disk, and again only when retention has moved it. */
export class OldestEvent {
  readonly #log: Log;
  #seq = 0;
  #appendedAt: number | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Null for an empty log, and where it cannot be read now. */
  get appendedAt(): number | null {
    const { firstSeq, nextSeq } = this.#log;
    if (firstSeq === nextSeq) return null;
    if (firstSeq === this.#seq) return this.#appendedAt;
    try {
      this.#appendedAt = this.#log.read(firstSeq, 1)[0]?.appendedAt ?? null;
      this.#seq = firstSeq;
    } catch {
      return null;
    }
    return this.#appendedAt;
  }
}
