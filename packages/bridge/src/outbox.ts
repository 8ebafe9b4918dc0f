import type { Envelope } from '@bitten/schema';
import type { PublishReply } from '@bitten/transport';
import { Disk } from './disk.js';
import { HeldValues } from './held.js';
import { BridgeClosedError, OutboxFullError, type Settler } from './receipt.js';
import { Receipts } from './receipts.js';
import type { BatchSource } from './sender.js';
import { type Batch, Spool } from './spool.js';
import { Waiters } from './waiters.js';

export interface OutboxOptions {
  producer: string;
  /** The folder for spools; null keeps everything in memory. */
  spoolDir: string | null;
  bufferBytesMax: number;
  spoolBytesMax: number;
  receiptsMax: number;
  /** What an event is the newest value of, where only the newest counts; null for what must be kept. */
  conflationKey: (event: Envelope) => string | null;
  /** Called when there is something to send. */
  onReady: () => void;
  /** Called when the spool cannot be used: once, until it can again. */
  onTrouble: (error: unknown) => void;
  /** Called when values begin to be replaced by newer ones of their key: once, until none waits any more. */
  onConflating: () => void;
}

/** Who waits for an event's receipt, and what it says. */
export interface Added {
  /** Null where nobody waits. */
  settler: Settler | null;
  /** Null for what is no event, and must be kept. */
  event: Envelope | null;
}

/** A batch is sealed when it reaches either; smaller ones leave whenever the window has room. */
const batchEventsMax = 1_000;
const batchBytesMax = 256 * 1024;
/** How much of the room is for events that may be conflated too; the rest is for those that must be kept. */
const conflatableShare = 0.5;
/** What waits for room takes at most this part of the memory allowed, beside it, within these bounds. */
const heldShare = 0.25;
const heldBytes = { min: 64 * 1024, max: 4 * 1024 * 1024 };

/**
 * Keeps events between `publish` and their acknowledgement: in memory while the bus keeps up, in the spool on
 * disk while it does not.
 *
 * **Ordering.** Events get consecutive numbers in the order they are added, and are taken in that order. While
 * there is a spool, everything unacknowledged is in it: what was on the way goes there first, then what waited,
 * then what comes. What the disk refuses stays in memory, behind what it has taken. Of events that may be conflated,
 * the newest of each key waits outside of this order while their share of the room is full; it gets its number, and
 * so its place, when there is room again, behind what was added meanwhile.
 *
 * **Failure.** Nothing that has a number is let go before it is acknowledged. With the spool in use, the death of the process
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
  readonly #disk: Disk;
  #refused = 0;
  readonly #held: HeldValues;
  readonly #shareOfMemory: number;
  readonly #shareOfAll: number;
  #conflating = false;
  /** The number of the last of those that had waited. */
  #lastAdmitted = 0;
  #scheduled = false;
  readonly #waiters = new Waiters();

  constructor(options: OutboxOptions) {
    this.#o = options;
    this.producer = options.producer;
    this.#receipts = new Receipts(options.receiptsMax);
    this.#disk = new Disk(options.onTrouble);
    const { bufferBytesMax, spoolBytesMax } = options;
    this.#held = new HeldValues(Math.max(heldBytes.min, Math.min(heldBytes.max, bufferBytesMax * heldShare)));
    this.#shareOfMemory = bufferBytesMax * conflatableShare;
    this.#shareOfAll = (bufferBytesMax + spoolBytesMax) * conflatableShare;
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

  /** How many values wait for room, without a number. While there are some, something is pending. */
  get held(): number {
    return this.#held.size;
  }

  /** How many events were replaced by newer ones of their key. */
  get conflated(): number {
    return this.#held.superseded;
  }

  /** How many events were not accepted, for want of room. */
  get refused(): number {
    return this.#refused;
  }

  /** Accepts an event's JSON. */
  add(text: string, added: Added): void {
    const bytes = Buffer.byteLength(text) + 1;
    // The class of an event is looked at only where the room is short.
    if (this.#isShort(bytes) && !this.#findRoom(text, bytes, added)) return;
    this.#append(text, bytes, added.settler);
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
    if (this.#held.size > 0) this.#admitHeld();
    this.#waiters.wake(upTo);
  }

  /** Puts everything unacknowledged on disk, and what comes with it, until all of it is acknowledged. */
  startSpooling(): void {
    const { spoolDir, producer } = this.#o;
    if (this.#spool !== null || spoolDir === null || this.pending === 0) return;
    this.#disk.try(() => {
      this.#spool = Spool.open({ dir: spoolDir, producer });
    });
    this.#spill();
  }

  /** Resolves when everything added so far is acknowledged; rejects with `BridgeClosedError`. */
  async idle(): Promise<void> {
    const upTo = this.#lastNumber;
    const heldUpTo = this.#held.lastId;
    await this.#acknowledged(upTo);
    // What waited for room had no number. Keys leave in order, so this ends however much comes behind them.
    while ((this.#held.first?.id ?? Number.POSITIVE_INFINITY) <= heldUpTo) {
      await this.#acknowledged(this.#lastNumber);
    }
    await this.#acknowledged(Math.max(upTo, this.#lastAdmitted));
  }

  /** Leaves what is unacknowledged to the spool, for the next bridge of this name. */
  close(): void {
    this.#disk.resume();
    while (this.#held.size > 0) this.#admitFirst();
    this.startSpooling();
    this.#spill(Number.POSITIVE_INFINITY);
    const kept = this.#spool !== null && this.bufferedBytes === 0;
    const error = new BridgeClosedError(
      `the bridge was closed before the bus acknowledged the event; ${kept ? 'the spool keeps it' : 'it is lost, for there was no spool to keep it'}`,
    );
    this.#receipts.rejectAll(error);
    this.#waiters.rejectAll(error);
    this.#spool?.close();
    this.#spool = null;
  }

  /** Once a turn of the event loop, whatever was added in it. */
  #turn(): void {
    this.#scheduled = false;
    this.#spill();
    if (this.#held.size > 0) this.#admitHeld();
    this.#o.onReady();
  }

  /** Gives an event its number. */
  #append(text: string, bytes: number, settler: Settler | null): void {
    this.#lastNumber += 1;
    if (settler !== null) this.#receipts.push(settler, this.#lastNumber);
    this.#open.push(text);
    this.#openBytes += bytes;
    if (this.#open.length >= batchEventsMax || this.#openBytes >= batchBytesMax) this.#seal();
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #isShort(bytes: number): boolean {
    return (
      this.bufferedBytes + bytes > this.#shareOfMemory ||
      this.#held.size > 0 ||
      (this.#spool !== null && this.#isBeyondShare(bytes))
    );
  }

  /** Whether an event may be appended; else it is held or refused. */
  #findRoom(text: string, bytes: number, { settler, event }: Added): boolean {
    const key = event === null ? null : this.#o.conflationKey(event);
    if (key === null) {
      if (this.bufferedBytes + bytes <= this.#o.bufferBytesMax || this.#makeRoom(bytes)) return true;
      this.#refuse(settler);
      return false;
    }
    // A newer value must not pass an older one of its key.
    if (!this.#held.has(key) && this.#hasConflatableRoom(bytes)) return true;
    if (this.#held.put({ key, text, settler, conflated: event?.conflated ?? 0 })) this.#tellConflating();
    else this.#refuse(settler);
    this.#admitHeld();
    return false;
  }

  #refuse(settler: Settler | null): void {
    this.#refused += 1;
    settler?.reject(this.#fullError());
  }

  #tellConflating(): void {
    if (this.#conflating) return;
    this.#conflating = true;
    this.#o.onConflating();
  }

  /** Whether an event that may be conflated fits into the share of such events. */
  #hasConflatableRoom(bytes: number): boolean {
    if (this.pending === 0) return true;
    if (this.bufferedBytes + bytes > this.#shareOfMemory) {
      this.startSpooling();
      this.#spill();
    }
    return this.bufferedBytes + bytes <= this.#shareOfMemory && !this.#isBeyondShare(bytes);
  }

  #isBeyondShare(bytes: number): boolean {
    return this.bufferedBytes + this.spooledBytes + bytes > this.#shareOfAll;
  }

  /** Lets in what has waited for room, as far as there is some. */
  #admitHeld(): void {
    for (let held = this.#held.first; held !== undefined; held = this.#held.first) {
      if (!this.#hasConflatableRoom(held.bytes)) return;
      this.#admitFirst();
    }
    this.#conflating = false;
  }

  #admitFirst(): void {
    const { text, settler } = this.#held.shift()!;
    this.#append(text, Buffer.byteLength(text) + 1, settler);
    this.#lastAdmitted = this.#lastNumber;
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

  /** Moves what is in memory to the spool, if there is one, as far as that may grow; what is not written stays. */
  #spill(bytesMax = this.#o.spoolBytesMax): void {
    const spool = this.#spool;
    if (spool === null) return;
    this.#seal();
    this.#disk.try(() => {
      for (let batch = this.#sealed[0]; batch !== undefined; batch = this.#sealed[0]) {
        if (spool.bytes + batch.body.length > bytesMax) return;
        spool.append(batch);
        this.#dropFirst();
      }
    });
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

  async #acknowledged(upTo: number): Promise<void> {
    if (upTo > this.#acked) await this.#waiters.wait(upTo);
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
    const { trouble } = this.#disk;
    const disk = trouble === null ? '' : `; the disk refuses: ${trouble}`;
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
