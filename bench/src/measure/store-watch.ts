import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type SqliteStore } from '@bitten/storage/store';
import { now_ms } from './clock.js';

/** What a reader saw, and when: from `at_ms[i]` on, every place below `next[i]` was visible. */
export interface Sightings {
  at_ms: number[];
  next: number[];
  /** Pauses between two looks, milliseconds: by so much a sighting may be late. */
  pauses_ms: number[];
}

/** Looks at the store through a read-only connection of its own, beside the collector that writes it. */
export class StoreWatch {
  readonly #store: SqliteStore;

  /** The store must exist. */
  constructor(file: string) {
    this.#store = openStore({ file, readonly: true });
  }

  /** The first place that is not visible yet. It is committed together with the rows before it. */
  get next(): number {
    return this.#store.cursor('events');
  }

  /** Waits until a place is visible, and tells when that was seen. */
  async stored(seq: number, every_ms = 2): Promise<number> {
    while (this.next <= seq) await sleep(every_ms);
    return now_ms();
  }

  /** Notes every step of what is visible until a place is. */
  async follow(until: () => number | undefined, every_ms: number): Promise<Sightings> {
    const seen: Sightings = { at_ms: [], next: [], pauses_ms: [] };
    let [last, lastLook_ms] = [0, now_ms()];
    for (;;) {
      const next = this.next;
      const at_ms = now_ms();
      seen.pauses_ms.push(at_ms - lastLook_ms);
      lastLook_ms = at_ms;
      if (next > last) {
        seen.at_ms.push(at_ms);
        seen.next.push(next);
        last = next;
      }
      const end = until();
      if (end !== undefined && last > end) return seen;
      await sleep(every_ms);
    }
  }

  close(): void {
    this.#store.close();
  }
}

/** When a place was first seen; a search by halves. */
export function seenAt({ at_ms, next }: Sightings, seq: number): number | undefined {
  let [low, high] = [0, next.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (next[middle]! > seq) high = middle;
    else low = middle + 1;
  }
  return at_ms[low];
}
