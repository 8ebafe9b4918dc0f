import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DeadLetter, findLetter, OtherLogError } from '@bitten/dead-letters';
import {
  type DeadLetterQuery,
  type DeadLetterResolution,
  openStore,
  type SqliteStore,
  type StoredDeadLetter,
} from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';
import type { LetterBus } from './bus.js';

/** Ids are asked for a page at a time. */
const page_size = 1_000;

/** Where dead letters are looked up: in the store, and where that is behind or not there, in the bus's own log. */
export class LetterSource {
  readonly #store: SqliteStore | null;

  private constructor(store: SqliteStore | null) {
    this.#store = store;
  }

  /** A store that is not there is none; throws what `openStore` throws for one that cannot be read. */
  static open(dataDir: string): LetterSource {
    const file = join(dataDir, storeFile);
    return new LetterSource(existsSync(file) ? openStore({ file, readonly: true }) : null);
  }

  /** Throws `OtherLogError`. */
  compareLog(logId: string): void {
    const stored = this.#store?.logId ?? null;
    if (stored !== null && stored !== logId) throw new OtherLogError(stored, logId);
  }

  /** Null where the store does not have it. */
  stored(id: number): StoredDeadLetter | null {
    return this.#store?.deadLetters({ ids: [id] })[0] ?? null;
  }

  /** What was said of it, in the order of the log; nothing where there is no store. */
  resolutions(id: number): DeadLetterResolution[] {
    return this.#store?.deadLetterResolutions(id) ?? [];
  }

  /** From the store, which knows its status, else from the bus. Throws `NoSuchLetterError`, `OtherLogError`. */
  read(id: number, bus: LetterBus): Promise<DeadLetter> {
    const stored = { logId: this.#store?.logId ?? null, letter: this.stored(id) };
    return findLetter(id, { stored, ...bus });
  }

  /** The places of those that are asked for, in their order; memory is for the places only. */
  places(query: DeadLetterQuery): number[] {
    const places: number[] = [];
    for (let before = Number.MAX_SAFE_INTEGER; ; ) {
      const page =
        this.#store?.deadLetters({ ...query, before, limit: page_size, payload_length_max: 0 }) ?? [];
      places.push(...page.map(({ id }) => id));
      if (page.length < page_size) return places.reverse();
      before = page.at(-1)!.id;
    }
  }

  close(): void {
    this.#store?.close();
  }
}
