import { InvalidEventError } from '@bitten/schema';
import type { PublishReply } from '@bitten/transport';
import { BridgeClosedError, OutboxFullError, type Receipt, Receipts, type Settler } from './receipt.js';
import type { BatchSource } from './sender.js';
import { type Batch, Spool } from './spool.js';

export interface OutboxOptions {
  producer: string;
  /** The folder for spools; null keeps everything in memory. */
  spoolDir: string | null;
  bufferBytesMax: number;
  spoolBytesMax: number;
  receiptsMax: number;
  /** Called when there is something to send. */
  onReady: () => void;
  /** Called when the spool cannot be used. */
  onTrouble: (error: unknown) => void;
}

/** A batch is sealed when it reaches either; smaller ones leave whenever the window has room. */
const batchEventsMax = 1_000;
const batchBytesMax = 256 * 1024;

/**
 * Keeps events between `publish` and their acknowledgement: in memory while the bus keeps up, in the spool on
 * disk while it does not.
 *
 * **Ordering.** Events get consecutive numbers in the order they are added, and are taken in that order. While
 * there is a spool, everything unacknowledged is in it: what was on the way goes there first, then what waited,
 * then what comes.
 *
 * **Failure.** Nothing is let go before it is acknowledged. With the spool in use, the death of the process
 * loses at most what was added in the current turn of the event loop.
 */
export class Outbox implements BatchSource {
  readonly producer: string;
  readonly #options: OutboxOptions;
  readonly #receipts: Receipts;
  #nextNumber = 1;
  #acked = 0;
  /** Events not yet part of a batch; the first of them has number `nextNumber - open.length`. */
  #open: string[] = [];
  #openBytes = 0;
  #sealed: Batch[] = [];
  #sealedBytes = 0;
  #spool: Spool | null = null;
  #scheduled = false;
  #idleWaiters: Array<() => void> = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.producer = options.producer;
    this.#receipts = new Receipts(options.receiptsMax);
  }

  get acked(): number {
    return this.#acked;
  }

  /** How many events are not acknowledged. */
  get pending(): number {
    return this.#nextNumber - 1 - this.#acked;
  }

  get bufferedBytes(): number {
    return this.#openBytes + this.#sealedBytes;
  }

  get spooledBytes(): number {
    return this.#spool?.bytes ?? 0;
  }

  get spooling(): boolean {
    return this.#spool !== null;
  }

  /** Accepts an event's JSON. `settler` is null where nobody waits for its receipt. */
  add(text: string, settler: Settler | null): void {
    if (this.bufferedBytes + text.length > this.#options.bufferBytesMax && !this.#makeRoom()) {
      settler?.reject(this.#fullError());
      return;
    }
    this.#nextNumber += 1;
    this.#receipts.push(settler);
    this.#open.push(text);
    this.#openBytes += text.length;
    if (this.#open.length >= batchEventsMax || this.#openBytes >= batchBytesMax) this.#seal();
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#turn());
    }
  }

  take(from: number): Batch | null {
    if (this.#spool !== null) return this.#spool.read(from);
    const sealed = this.#sealed.find((batch) => batch.first === from);
    if (sealed !== undefined) return sealed;
    if (this.#open.length === 0) return null;
    this.#seal();
    return this.#sealed.at(-1)!;
  }

  acknowledge(batch: Batch, reply: PublishReply): void {
    const upTo = batch.first + batch.count - 1;
    this.#settle(reply);
    this.#receipts.release(upTo);
    this.#acked = upTo;
    while (this.#sealed[0] !== undefined && this.#sealed[0].first <= upTo) {
      this.#sealedBytes -= this.#sealed.shift()!.body.length;
    }
    if (this.#spool !== null) this.#leaveSpool(this.#spool, upTo);
    if (this.pending === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** Puts everything unacknowledged on disk, and what comes with it, until all of it is acknowledged. */
  startSpooling(): void {
    const { spoolDir, producer, onTrouble } = this.#options;
    if (this.#spool !== null || spoolDir === null) return;
    try {
      this.#spool = Spool.open({ dir: spoolDir, producer });
    } catch (error) {
      onTrouble(error);
      return;
    }
    this.#spill();
  }

  /** Resolves when everything added so far is acknowledged. */
  async idle(): Promise<void> {
    if (this.pending === 0) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Leaves what is unacknowledged to the spool, for the next bridge of this name. */
  close(): void {
    if (this.pending > 0) this.startSpooling();
    this.#spill();
    this.#receipts.rejectAll(
      new BridgeClosedError(
        'the bridge was closed before the bus acknowledged the event; the spool keeps it',
      ),
    );
    this.#spool?.close();
    this.#spool = null;
  }

  /** Once a turn of the event loop, whatever was added in it. */
  #turn(): void {
    this.#scheduled = false;
    this.#spill();
    this.#options.onReady();
  }

  #seal(): void {
    const count = this.#open.length;
    if (count === 0) return;
    const body = Buffer.from(this.#open.join('\n'));
    this.#sealed.push({ first: this.#nextNumber - count, count, body });
    this.#sealedBytes += body.length;
    this.#open = [];
    this.#openBytes = 0;
  }

  /** Moves what is in memory to the spool, if there is one. */
  #spill(): void {
    if (this.#spool === null) return;
    this.#seal();
    try {
      for (let batch = this.#sealed[0]; batch !== undefined; batch = this.#sealed[0]) {
        if (batch.first + batch.count - 1 > this.#acked) this.#spool.append(batch);
        this.#sealed.shift();
        this.#sealedBytes -= batch.body.length;
      }
    } catch (error) {
      // It stays in memory, in order, and is tried again with the next turn.
      this.#options.onTrouble(error);
    }
  }

  #leaveSpool(spool: Spool, upTo: number): void {
    if (spool.last > upTo) {
      spool.release(upTo);
    } else {
      spool.delete();
      this.#spool = null;
    }
  }

  /** Makes room in memory; false where neither memory nor disk has any. */
  #makeRoom(): boolean {
    if (this.spooledBytes + this.bufferedBytes > this.#options.spoolBytesMax) return false;
    this.startSpooling();
    this.#spill();
    return this.bufferedBytes < this.#options.bufferBytesMax;
  }

  #fullError(): OutboxFullError {
    const { bufferBytesMax, spoolBytesMax, spoolDir } = this.#options;
    return new OutboxFullError({
      found: `${this.pending} events not acknowledged, ${this.bufferedBytes} bytes in memory, ${this.spooledBytes} in the spool`,
      expected: `at most ${bufferBytesMax} bytes in memory and ${spoolDir === null ? 'no spool' : `${spoolBytesMax} bytes in the spool`}`,
      remedy: 'start the bus, or raise bufferBytesMax or spoolBytesMax',
    });
  }

  #settle(reply: PublishReply): void {
    for (const { producer_seq, dead_letter, issues } of reply.rejected) {
      this.#receipts.take(producer_seq)?.reject(new InvalidEventError(issues, dead_letter ?? undefined));
    }
    for (const [first, seq, count] of reply.seqs) {
      for (let i = 0; i < count; i += 1) {
        const receipt: Receipt = { seq: seq === null ? null : seq + i, level: 'fsynced' };
        this.#receipts.take(first + i)?.resolve(receipt);
      }
    }
  }
}
