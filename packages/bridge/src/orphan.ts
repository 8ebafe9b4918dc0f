import type { PublishReply } from '@bitten/transport';
import type { BatchSource } from './sender.js';
import type { Batch, Spool } from './spool.js';

interface OrphanOptions {
  spool: Spool;
  /** Everything is delivered, or the rest cannot be read: on with the next. */
  onDone: () => void;
  onTrouble: (error: unknown) => void;
}

/**
 * A spool that an earlier run left behind, on its way to the bus under the id it was published with. Nobody
 * waits for its receipts.
 *
 * **Failure.** One that cannot be read on is reported and stays where it is: it must not keep back what comes
 * after it. The next run tries it again.
 */
export class Orphan implements BatchSource {
  readonly producer: string;
  readonly #o: OrphanOptions;
  #acked: number;
  #done = false;

  constructor(options: OrphanOptions) {
    this.#o = options;
    this.producer = options.spool.producer;
    this.#acked = (options.spool.first ?? 1) - 1;
  }

  get acked(): number {
    return this.#acked;
  }

  take(from: number): Batch | null {
    if (this.#done) return null;
    try {
      return this.#o.spool.read(from);
    } catch (error) {
      this.#o.onTrouble(error);
      this.#end((spool) => spool.close());
      return null;
    }
  }

  acknowledge(batch: Batch, _reply: PublishReply): void {
    this.#acked = Math.max(this.#acked, batch.first + batch.count - 1);
    if (this.#acked >= this.#o.spool.last) this.#end((spool) => spool.delete());
    else this.#tryDisk(() => this.#o.spool.release(this.#acked));
  }

  /** Leaves the rest for the next run. */
  close(): void {
    if (this.#done) return;
    this.#done = true;
    this.#tryDisk(() => this.#o.spool.close());
  }

  #end(leave: (spool: Spool) => void): void {
    this.#done = true;
    this.#tryDisk(() => leave(this.#o.spool));
    this.#o.onDone();
  }

  #tryDisk(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#o.onTrouble(error);
    }
  }
}
