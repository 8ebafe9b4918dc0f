import { statSync } from 'node:fs';
import { openStore, type SqliteStore } from '@bitten/storage/store';

/**
 * The store that is there now, for reading. It may come later than whoever asks for it, and `bitten rebuild` puts
 * another file in its place: the old one, still open, would never change again.
 */
export class StoreNow {
  readonly #file: string;
  #open: { store: SqliteStore; inode: number } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws what `openStore` throws; `MissingStoreError` where there is none yet. */
  get(): SqliteStore {
    const inode = statSync(this.#file, { throwIfNoEntry: false })?.ino ?? 0;
    if (this.#open !== undefined && this.#open.inode === inode) return this.#open.store;
    this.close();
    this.#open = { store: openStore({ file: this.#file, readonly: true }), inode };
    return this.#open.store;
  }

  close(): void {
    this.#open?.store.close();
    this.#open = undefined;
  }
}
