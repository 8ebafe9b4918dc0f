import { InvalidEventError } from '@bitten/schema';
import type { PlacementRun, PublishReply } from '@bitten/transport';
import { ReceiptDroppedError, type Settler } from './receipt.js';

/**
 * The settlers of what is published and not yet acknowledged, in the order of their numbers. An event nobody
 * waits for takes no room here.
 */
export class Receipts {
  readonly #outstandingMax: number;
  #queue: Array<Settler | null> = [];
  #head = 0;
  /** One for all: making an error, with its stack, costs more than publishing. */
  #dropped: ReceiptDroppedError | undefined;

  constructor(outstandingMax: number) {
    this.#outstandingMax = outstandingMax;
  }

  get outstanding(): number {
    return this.#queue.length - this.#head;
  }

  /** Numbers are pushed in their order. */
  push(settler: Settler, number: number): void {
    if (this.outstanding >= this.#outstandingMax) {
      this.#dropped ??= new ReceiptDroppedError(this.#outstandingMax);
      settler.reject(this.#dropped);
      return;
    }
    settler.number = number;
    this.#queue.push(settler);
  }

  /** Settles everything up to and including a producer sequence by what the bus said of it. */
  settle(upTo: number, { level, seqs, rejected }: PublishReply): void {
    const refusals = new Map(rejected.map((each) => [each.producer_seq, each]));
    const places = new Places(seqs);
    for (let next = this.#first(); next !== null && next.number <= upTo; next = this.#first()) {
      this.#queue[this.#head] = null;
      this.#head += 1;
      const refusal = refusals.get(next.number);
      if (refusal === undefined) next.resolve({ seq: places.of(next.number), level });
      else next.reject(new InvalidEventError(refusal.issues, refusal.dead_letter ?? undefined));
    }
    if (this.#head < 4096 || this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  /** Rejects all that is outstanding. */
  rejectAll(error: unknown): void {
    for (const settler of this.#queue.slice(this.#head)) settler?.reject(error);
    this.#queue = [];
    this.#head = 0;
  }

  #first(): Settler | null {
    return this.#queue[this.#head] ?? null;
  }
}

/** Looks places up, for numbers that rise. */
class Places {
  readonly #runs: readonly PlacementRun[];
  #at = 0;

  constructor(runs: readonly PlacementRun[]) {
    this.#runs = runs;
  }

  /** Null where the bus did not tell. */
  of(number: number): number | null {
    for (let run = this.#runs[this.#at]; run !== undefined; run = this.#runs[this.#at]) {
      const [first, seq, count] = run;
      if (number < first) return null;
      if (number < first + count) return seq === null ? null : seq + number - first;
      this.#at += 1;
    }
    return null;
  }
}
