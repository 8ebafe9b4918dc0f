import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DeadLetter, fetchLetter } from '@bitten/dead-letters';
import { BittenError } from '@bitten/schema';
import {
  type DeadLetterQuery,
  type DeadLetterResolution,
  openStore,
  type SqliteStore,
  type StoredDeadLetter,
} from '@bitten/storage/store';
import { storeFile } from '../query/store-file.js';
import type { LetterBus } from './bus.js';

/** The store's dead letters are of another log than the bus's: their places mean nothing there. */
class OtherLogError extends BittenError {
  constructor(stored: string, found: string) {
    super('other_log', `the store is of the log ${stored}, the bus has the log ${found}`, {
      found,
      expected: stored,
      remedy: 'name the data folder that belongs to this bus (--data-dir), or its port (--bus-port)',
    });
  }
}

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

  /** From the store, which knows its status, else from the bus. Throws `NoSuchLetterError`. */
  async read(id: number, bus: LetterBus): Promise<DeadLetter> {
    return this.stored(id) ?? (await fetchLetter(bus.ask, id));
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
