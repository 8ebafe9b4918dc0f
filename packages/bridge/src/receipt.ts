import { BittenError } from '@bitten/schema';

/** What the bus vouches for. */
export interface Receipt {
  /** The event's place in the log; null where the bus no longer knows it, or the bridge is disabled. */
  seq: number | null;
  /** `fsynced`: on the bus's disk. `disabled`: not sent at all, see `disable()`. */
  level: 'fsynced' | 'disabled';
}

/** How one promise of a receipt is kept. */
export interface Settler {
  resolve: (receipt: Receipt) => void;
  reject: (error: Error) => void;
}

/**
 * The event is safe in the spool and will be delivered, but so many receipts are outstanding that this one is
 * not waited for: memory stays bounded while the bus is away.
 */
export class ReceiptDroppedError extends BittenError {
  constructor(outstanding: number) {
    super('receipt_dropped', 'the event will be delivered, but its receipt is not waited for', {
      found: `${outstanding} receipts outstanding`,
      remedy: 'nothing to do; look the event up by its ids if you must know its seq',
    });
  }
}

/** Memory and spool are full, or the spool cannot be written: the event was not accepted. */
export class OutboxFullError extends BittenError {
  constructor(facts: { found: string; expected: string; remedy: string; cause?: unknown }) {
    super('outbox_full', 'the event was not accepted: there is no more room to keep it', facts);
  }
}

/** The bridge has been closed. */
export class BridgeClosedError extends BittenError {
  constructor(message = 'the bridge is closed') {
    super('bridge_closed', message, { remedy: 'publish before close(), or make a new EventBridge' });
  }
}

/**
 * The settlers of everything published and not yet acknowledged, by producer sequence. Numbers are consecutive,
 * so a queue with a base serves as the map.
 */
export class Receipts {
  readonly #outstandingMax: number;
  #base = 1;
  #queue: Array<Settler | null> = [];
  #head = 0;

  constructor(outstandingMax: number) {
    this.#outstandingMax = outstandingMax;
  }

  get outstanding(): number {
    return this.#queue.length - this.#head;
  }

  /** Takes the settler of the next producer sequence; null where nobody waits for it. */
  push(settler: Settler | null): void {
    if (settler !== null && this.outstanding >= this.#outstandingMax) {
      settler.reject(new ReceiptDroppedError(this.outstanding));
      this.#queue.push(null);
    } else {
      this.#queue.push(settler);
    }
  }

  /** The settler of a producer sequence, which is then no longer outstanding on its own. */
  take(producerSeq: number): Settler | null {
    const index = this.#head + producerSeq - this.#base;
    const settler = this.#queue[index] ?? null;
    if (settler !== null) this.#queue[index] = null;
    return settler;
  }

  /** Forgets everything up to and including a producer sequence. */
  release(upTo: number): void {
    const released = upTo - this.#base + 1;
    if (released <= 0) return;
    this.#head += released;
    this.#base = upTo + 1;
    if (this.#head >= 4096 && this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Rejects all that is outstanding. */
  rejectAll(error: Error): void {
    for (const settler of this.#queue.slice(this.#head)) settler?.reject(error);
    this.#queue = this.#queue.map(() => null);
  }
}
