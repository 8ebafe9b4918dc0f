import { limits } from '@bitten/schema';
import type { Log } from '@bitten/storage/log';

/** What is to be done with a batch, by the rule of docs/PROTOCOL.md section 3.1. */
export type Verdict =
  /** Append the events after the first `duplicates`; those are in the logs already. */
  { kind: 'append'; duplicates: number } | { kind: 'out_of_sequence'; expected: number };

interface Numbered {
  producer: string;
  first: number;
  count: number;
  acked: number;
}

/**
 * Decides, per producer, which events are new, which are repeats and which came too early.
 *
 * **Ordering.** A producer's events are admitted in the order of its numbers, without a hole.
 *
 * **Failure.** What is admitted counts only once `commit` is called, which the group commit does after the
 * fsync; `rollback` forgets what a failed commit had admitted, so that the producer may send it again. After a
 * restart the log itself says how far each producer came. Its last *invalid* events are then unknown here: they
 * are recognised in the dead-letter log when they are sent again, and passed over where the producer says that
 * they were acknowledged.
 */
export class Admission {
  readonly #log: Pick<Log, 'lastProducerSeq'>;
  /** Least recently seen first: a Map keeps the order of insertion. */
  readonly #handled = new Map<string, number>();
  readonly #staged = new Map<string, number>();

  constructor(log: Pick<Log, 'lastProducerSeq'>) {
    this.#log = log;
  }

  /** The highest number handled for a producer and durable; undefined where nothing is known of it. */
  handled(producer: string): number | undefined {
    return this.#handled.get(producer) ?? this.#log.lastProducerSeq(producer);
  }

  admit({ producer, first, count, acked }: Numbered): Verdict {
    const last = Math.max(this.#staged.get(producer) ?? this.handled(producer) ?? 0, acked);
    if (first > last + 1) return { kind: 'out_of_sequence', expected: last + 1 };
    const end = first + count - 1;
    this.#staged.set(producer, Math.max(last, end));
    return { kind: 'append', duplicates: Math.min(count, last + 1 - first) };
  }

  commit(): void {
    for (const [producer, last] of this.#staged) {
      this.#handled.delete(producer);
      this.#handled.set(producer, last);
    }
    this.#staged.clear();
    for (const oldest of this.#handled.keys()) {
      if (this.#handled.size <= limits.producers_remembered_max) break;
      this.#handled.delete(oldest);
    }
  }

  rollback(): void {
    this.#staged.clear();
  }
}
