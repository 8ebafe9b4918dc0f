import type { Receipt } from '@bitten/bridge';

/** Counts receipts as they come. */
export class Acks {
  count = 0;
  last_seq = 0;
  readonly #reached: Array<{ count: number; resolve: () => void; reject: (error: unknown) => void }> = [];
  #failure: unknown;

  /** To be given to `then` of each promise of a receipt. */
  readonly hear = ({ seq }: Receipt): void => {
    this.count += 1;
    if (seq !== null && seq > this.last_seq) this.last_seq = seq;
    while (this.#reached[0] !== undefined && this.#reached[0].count <= this.count) {
      this.#reached.shift()!.resolve();
    }
  };

  /** A benchmark loses no event: the first failure ends it. */
  readonly fail = (error: unknown): void => {
    this.#failure ??= error;
    for (const { reject } of this.#reached.splice(0)) reject(error);
  };

  /** Resolves when so many have come; to be waited for in rising order. Throws what `fail` was told. */
  reach(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure);
      else if (this.count >= count) resolve();
      else this.#reached.push({ count, resolve, reject });
    });
  }
}
