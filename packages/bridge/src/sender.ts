import { OutOfSequenceError, type PublishBatch, type PublishReply, SlowDownError } from '@bitten/transport';
import type { Batch } from './spool.js';

/** Where batches come from, in the order of the producer's numbers, and where acknowledgements go. */
export interface BatchSource {
  readonly producer: string;
  /** Everything up to this producer sequence has been acknowledged. */
  readonly acked: number;
  /** The batch that holds a producer sequence; null where nothing is ready. May throw what reading a disk throws. */
  take(from: number): Batch | null;
  /** Called for batches that begin at or before the first number that is not acknowledged. */
  acknowledge(batch: Batch, reply: PublishReply): void;
}

/** The connection, as sending needs it. */
export interface SendingLink {
  readonly status: { readonly state: string };
  open(): { publish(batch: PublishBatch): Promise<PublishReply> };
  onStatus(listener: (status: { readonly state: string }) => void): () => void;
  touch(): void;
}

interface SenderOptions {
  link: SendingLink;
  source: BatchSource;
  /** Requests on the way at the same time. */
  window: number;
  /** Hears why something has to be sent again. */
  onTrouble: (error: unknown) => void;
}

const retryDelay_ms = { min: 50, max: 2_000 };

/**
 * Sends a source's batches and keeps a window of them on the way.
 *
 * **Ordering.** Batches leave in the order of their numbers, and an acknowledgement counts only when it joins
 * what was acknowledged before.
 *
 * **Failure.** After any failure everything unacknowledged is sent again under the same numbers
 * (docs/PROTOCOL.md section 3.1); the bus drops what it has.
 */
export class Sender {
  readonly #o: SenderOptions;
  readonly #unsubscribe: () => void;
  #next: number;
  #outstanding = 0;
  /** Raised with each rewind: failures of an earlier generation have been dealt with. */
  #generation = 0;
  #pause: NodeJS.Timeout | undefined;
  #delay_ms = retryDelay_ms.min;
  #stopped = false;

  constructor(options: SenderOptions) {
    this.#o = options;
    this.#next = options.source.acked + 1;
    this.#unsubscribe = options.link.onStatus(({ state }) => {
      if (state === 'connected') this.#resume();
      else if (state === 'disconnected') this.#rewind();
    });
  }

  /** Sends what is ready, as far as the window allows. */
  kick(): void {
    const { link, window } = this.#o;
    while (!this.#stopped && this.#pause === undefined) {
      if (this.#outstanding >= window || link.status.state !== 'connected') return;
      const batch = this.#take();
      if (batch === null) return;
      this.#next = batch.first + batch.count;
      this.#send(batch);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#pause);
    this.#unsubscribe();
  }

  #take(): Batch | null {
    try {
      return this.#o.source.take(this.#next);
    } catch (error) {
      this.#o.onTrouble(error);
      this.#retryLater();
      return null;
    }
  }

  #send(batch: Batch): void {
    const { link, source, onTrouble } = this.#o;
    const generation = this.#generation;
    this.#outstanding += 1;
    const { first, count, body } = batch;
    const { producer, acked } = source;
    link
      .open()
      .publish({ producer, acked: Math.min(acked, first - 1), first, count, body })
      .then(
        (reply) => this.#acknowledge(batch, reply, generation),
        (error: unknown) => this.#fail(error, generation),
      )
      .catch(onTrouble);
  }

  #acknowledge(batch: Batch, reply: PublishReply, generation: number): void {
    this.#outstanding -= 1;
    // The source may be done, and gone, when a batch that was sent twice is answered for the second time.
    if (this.#stopped) return;
    this.#delay_ms = retryDelay_ms.min;
    this.#o.link.touch();
    if (batch.first <= this.#o.source.acked + 1) this.#o.source.acknowledge(batch, reply);
    else if (generation === this.#generation) this.#rewind();
    this.kick();
  }

  #fail(error: unknown, generation: number): void {
    this.#outstanding -= 1;
    if (generation !== this.#generation || this.#stopped) return;
    this.#rewind();
    this.#o.onTrouble(error);
    if (error instanceof OutOfSequenceError) this.kick();
    else if (error instanceof SlowDownError) this.#retryLater(error.retry_ms);
    else this.#retryLater();
  }

  /** Goes back to the oldest unacknowledged event. */
  #rewind(): void {
    this.#generation += 1;
    this.#next = this.#o.source.acked + 1;
  }

  /** After the time given, or a little longer each time. */
  #retryLater(given_ms?: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#resume(), given_ms ?? this.#delay_ms);
    if (given_ms === undefined) this.#delay_ms = Math.min(this.#delay_ms * 2, retryDelay_ms.max);
  }

  #resume(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.kick();
  }
}
