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
  /** What a producer said to be acknowledged and the log did not know of: nothing in there was seen here. */
  readonly #claimed = new Map<string, { from: number; to: number }>();

  constructor(log: Pick<Log, 'lastProducerSeq'>) {
    this.#log = log;
  }

  /** The highest number handled for a producer and durable; undefined where nothing is known of it. */
  handled(producer: string): number | undefined {
    return this.#handled.get(producer) ?? this.#log.lastProducerSeq(producer);
  }

  admit({ producer, first, count, acked }: Numbered): Verdict {
    const known = this.#staged.get(producer) ?? this.handled(producer) ?? 0;
    const last = Math.max(known, acked);
    if (acked > known) this.#claim(producer, known + 1, acked);
    if (first > last + 1) return { kind: 'out_of_sequence', expected: last + 1 };
    const end = first + count - 1;
    this.#staged.set(producer, Math.max(last, end));
    return { kind: 'append', duplicates: Math.min(count, last + 1 - first) };
  }

  /** Whether an event was passed over only because somebody said that it had been acknowledged. */
  isClaimed(producer: string, producerSeq: number): boolean {
    const claim = this.#claimed.get(producer);
    return claim !== undefined && producerSeq >= claim.from && producerSeq <= claim.to;
  }

  commit(): void {
    for (const [producer, last] of this.#staged) {
      this.#handled.delete(producer);
      this.#handled.set(producer, last);
    }
    this.#staged.clear();
    forgetOldest(this.#handled);
  }

  rollback(): void {
    this.#staged.clear();
  }

  #claim(producer: string, first: number, last: number): void {
    const before = this.#claimed.get(producer) ?? { from: first, to: last };
    this.#claimed.set(producer, { from: Math.min(before.from, first), to: Math.max(before.to, last) });
    forgetOldest(this.#claimed);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= limits.producers_remembered_max) break;
    map.delete(oldest);
  }
}
