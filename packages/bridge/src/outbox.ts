import type { PublishReply } from '@bitten/transport';
import { BridgeClosedError, OutboxFullError, type Settler } from './receipt.js';
import { Receipts } from './receipts.js';
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
  /** Called when the spool cannot be used: once, until it can again. */
  onTrouble: (error: unknown) => void;
}

interface Waiter {
  /** Everything up to this number must be acknowledged. */
  upTo: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** A batch is sealed when it reaches either; smaller ones leave whenever the window has room. */
const batchEventsMax = 1_000;
const batchBytesMax = 256 * 1024;
/** How long a disk that has refused is left alone. */
const spoolPause_ms = 1_000;

/**
 * Keeps events between `publish` and their acknowledgement: in memory while the bus keeps up, in the spool on
 * disk while it does not.
 *
 * **Ordering.** Events get consecutive numbers in the order they are added, and are taken in that order. While
 * there is a spool, everything unacknowledged is in it: what was on the way goes there first, then what waited,
 * then what comes. What the disk refuses stays in memory, behind what it has taken.
 *
 * **Failure.** Nothing is let go before it is acknowledged. With the spool in use, the death of the process
 * loses at most what was added in the current turn of the event loop.
 */
export class Outbox implements BatchSource {
  readonly producer: string;
  readonly #o: OutboxOptions;
  readonly #receipts: Receipts;
  #lastNumber = 0;
  #acked = 0;
  /** Events not yet part of a batch, the last of them with the last number. */
  #open: string[] = [];
  #openBytes = 0;
  /** Batches in memory, behind those in the spool. */
  #sealed: Batch[] = [];
  #sealedBytes = 0;
  #spool: Spool | null = null;
  /** On the monotonic clock. */
  #spoolPausedUntil_ms = 0;
  /** Why the disk takes nothing at the moment. */
  #diskTrouble: string | null = null;
  #refused = 0;
  #scheduled = false;
  #waiters: Waiter[] = [];

  constructor(options: OutboxOptions) {
    this.#o = options;
    this.producer = options.producer;
    this.#receipts = new Receipts(options.receiptsMax);
  }

  get acked(): number {
    return this.#acked;
  }

  /** How many events are not acknowledged. */
  get pending(): number {
    return this.#lastNumber - this.#acked;
  }

  get bufferedBytes(): number {
    return this.#openBytes + this.#sealedBytes;
  }

  get spooledBytes(): number {
    return this.#spool?.bytes ?? 0;
  }

  /** How many events were not accepted, for want of room. */
  get refused(): number {
    return this.#refused;
  }

  /** Accepts an event's JSON. `settler` is null where nobody waits for its receipt. */
  add(text: string, settler: Settler | null): void {
    const bytes = Buffer.byteLength(text) + 1;
    if (this.bufferedBytes + bytes > this.#o.bufferBytesMax && !this.#makeRoom(bytes)) {
      this.#refused += 1;
      settler?.reject(this.#fullError());
      return;
    }
    this.#lastNumber += 1;
    if (settler !== null) this.#receipts.push(settler, this.#lastNumber);
    this.#open.push(text);
    this.#openBytes += bytes;
    if (this.#open.length >= batchEventsMax || this.#openBytes >= batchBytesMax) this.#seal();
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  take(from: number): Batch | null {
    if (this.#spool !== null && from <= this.#spool.last) return this.#spool.read(from);
    const sealed = this.#sealed.find((batch) => batch.first + batch.count > from);
    if (sealed !== undefined) return sealed;
    this.#seal();
    const last = this.#sealed.at(-1);
    return last !== undefined && last.first + last.count > from ? last : null;
  }

  acknowledge(batch: Batch, reply: PublishReply): void {
    const upTo = lastOf(batch);
    this.#receipts.settle(upTo, reply);
    // A batch sent twice is acknowledged twice.
    if (upTo <= this.#acked) return;
    this.#acked = upTo;
    while (this.#sealed[0] !== undefined && lastOf(this.#sealed[0]) <= upTo) this.#dropFirst();
    this.#releaseSpool();
    if (this.#waiters.length > 0) this.#wake();
  }

  /** Puts everything unacknowledged on disk, and what comes with it, until all of it is acknowledged. */
  startSpooling(): void {
    const { spoolDir, producer } = this.#o;
    if (this.#spool !== null || spoolDir === null || this.pending === 0) return;
    this.#tryDisk(() => {
      this.#spool = Spool.open({ dir: spoolDir, producer });
    });
    this.#spill();
  }

  /** Resolves when everything added so far is acknowledged; rejects with `BridgeClosedError`. */
  async idle(): Promise<void> {
    if (this.pending === 0) return;
    const upTo = this.#lastNumber;
    await new Promise<void>((resolve, reject) => this.#waiters.push({ upTo, resolve, reject }));
  }

  /** Leaves what is unacknowledged to the spool, for the next bridge of this name. */
  close(): void {
    this.#spoolPausedUntil_ms = 0;
    this.startSpooling();
    this.#spill(Number.POSITIVE_INFINITY);
    const kept = this.#spool !== null && this.bufferedBytes === 0;
    const error = new BridgeClosedError(
      `the bridge was closed before the bus acknowledged the event; ${kept ? 'the spool keeps it' : 'it is lost, for there was no spool to keep it'}`,
    );
    this.#receipts.rejectAll(error);
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    this.#spool?.close();
    this.#spool = null;
  }

  /** Once a turn of the event loop, whatever was added in it. */
  #turn(): void {
    this.#scheduled = false;
    this.#spill();
    this.#o.onReady();
  }

  #seal(): void {
    const count = this.#open.length;
    if (count === 0) return;
    const body = Buffer.from(this.#open.join('\n'));
    this.#sealed.push({ first: this.#lastNumber - count + 1, count, body });
    this.#sealedBytes += body.length;
    this.#open = [];
    this.#openBytes = 0;
  }

  #dropFirst(): void {
    this.#sealedBytes -= this.#sealed.shift()!.body.length;
  }

  /** Moves what is in memory to the spool, if there is one, as far as that may grow. */
  #spill(bytesMax = this.#o.spoolBytesMax): void {
    const spool = this.#spool;
    if (spool === null) return;
    this.#seal();
    this.#tryDisk(() => {
      for (let batch = this.#sealed[0]; batch !== undefined; batch = this.#sealed[0]) {
        if (spool.bytes + batch.body.length > bytesMax) return;
        spool.append(batch);
        this.#dropFirst();
      }
    });
  }

  /** What is not written stays in memory, in order, and is tried again after a pause. */
  #tryDisk(write: () => void): void {
    if (performance.now() < this.#spoolPausedUntil_ms) return;
    try {
      write();
      this.#diskTrouble = null;
    } catch (error) {
      this.#spoolPausedUntil_ms = performance.now() + spoolPause_ms;
      const isNew = this.#diskTrouble === null;
      this.#diskTrouble = error instanceof Error ? error.message : String(error);
      if (isNew) this.#o.onTrouble(error);
    }
  }

  #releaseSpool(): void {
    const spool = this.#spool;
    if (spool === null) return;
    const isDone = spool.last <= this.#acked;
    if (isDone) this.#spool = null;
    try {
      if (isDone) spool.delete();
      else spool.release(this.#acked);
    } catch (error) {
      // The next bridge of this name finds it, and the bus what it has already.
      this.#o.onTrouble(error);
    }
  }

  #wake(): void {
    const done = this.#waiters.filter(({ upTo }) => upTo <= this.#acked);
    this.#waiters = this.#waiters.filter(({ upTo }) => upTo > this.#acked);
    for (const { resolve } of done) resolve();
  }

  /** Makes room in memory; false where neither memory nor disk has any. */
  #makeRoom(bytes: number): boolean {
    this.startSpooling();
    this.#spill();
    const { bufferBytesMax, spoolBytesMax } = this.#o;
    if (this.bufferedBytes + bytes <= bufferBytesMax) return true;
    // One event larger than all the memory allowed passes through it when it is empty.
    return this.bufferedBytes === 0 && this.spooledBytes + bytes <= spoolBytesMax;
  }

  #fullError(): OutboxFullError {
    const { bufferBytesMax, spoolBytesMax, spoolDir } = this.#o;
    const disk = this.#diskTrouble === null ? '' : `; the disk refuses: ${this.#diskTrouble}`;
    return new OutboxFullError({
      found: `${this.pending} events not acknowledged, ${this.bufferedBytes} bytes in memory, ${this.spooledBytes} in the spool${disk}`,
      expected: `at most ${bufferBytesMax} bytes in memory and ${spoolDir === null ? 'no spool' : `${spoolBytesMax} bytes in the spool`}`,
      remedy:
        disk === ''
          ? 'start the bus, or raise bufferBytesMax or spoolBytesMax'
          : 'start the bus, and see that the disk of the spool can be written',
    });
  }
}

function lastOf(batch: Batch): number {
  return batch.first + batch.count - 1;
}
