import { BittenError } from '@bitten/schema';
import type { ReceiptLevel } from '@bitten/transport';

/** What the bus vouches for. */
export interface Receipt {
  /** The event's place in the log; null where the bus no longer knows it, or the bridge is disabled. */
  seq: number | null;
  /**
   * `fsynced`: on the bus's disk. `written`: handed to its system, where the bus was told not to fsync.
   * `disabled`: not sent at all, see `disable()`.
   */
  level: ReceiptLevel | 'disabled';
}

/** How one promise of a receipt is kept. */
export interface Settler {
  resolve: (receipt: Receipt) => void;
  reject: (error: unknown) => void;
  /** The producer sequence of its event, once it has one. */
  number: number;
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

/**
 * The event was one of those of which only the newest of each key counts (`overload: 'conflate'`), there was no room
 * for all of them, and a newer one of its key has taken its place.
 */
export class ConflatedError extends BittenError {
  constructor() {
    super('conflated', 'a newer value of the same key has taken the place of the event', {
      found: 'no room for every value while the bus is away or slow',
      remedy: 'nothing to do: the newest value is delivered and says how many it stands for',
    });
  }
}

/** Memory and spool are full, or the spool cannot be written: the event was not accepted. */
export class OutboxFullError extends BittenError {
  constructor(facts: { found: string; expected: string; remedy: string }) {
    super('outbox_full', 'the event was not accepted: there is no more room to keep it', facts);
  }
}

/** The bridge has been closed. */
export class BridgeClosedError extends BittenError {
  constructor(message = 'the bridge is closed') {
    super('bridge_closed', message, { remedy: 'publish before close(), or make a new EventBridge' });
  }
}
