import { type BusClient, OutOfSequenceError, type PublishReply } from '@bitten/transport';
import type { Batch } from './spool.js';

/** Where batches come from, in the order of the producer's numbers, and where acknowledgements go. */
export interface BatchSource {
  readonly producer: string;
  /** Everything up to this producer sequence has been acknowledged. */
  readonly acked: number;
  /** The batch that begins at a producer sequence; null where nothing is ready. */
  take(from: number): Batch | null;
  acknowledge(batch: Batch, reply: PublishReply): void;
}

interface SenderOptions {
  client: BusClient;
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
  readonly #options: SenderOptions;
  #next: number;
  #outstanding = 0;
  /** Raised with each rewind: failures of an earlier generation have been dealt with. */
  #generation = 0;
  #pause: NodeJS.Timeout | undefined;
  #delay_ms = retryDelay_ms.min;
  #stopped = false;
  readonly #unsubscribe: () => void;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#next = options.source.acked + 1;
    this.#unsubscribe = options.client.onStatus((status) => {
      if (status.state === 'connected') this.#resume();
      else if (status.state === 'disconnected') this.#rewind();
    });
  }

  /** Sends what is ready, as far as the window allows. */
  kick(): void {
    const { client, source, window } = this.#options;
    if (this.#stopped || this.#pause !== undefined) return;
    while (this.#outstanding < window && client.status.state === 'connected') {
      const batch = source.take(this.#next);
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

  #send(batch: Batch): void {
    const { client, source, onTrouble } = this.#options;
    const generation = this.#generation;
    this.#outstanding += 1;
    client.publish({ producer: source.producer, acked: source.acked, ...batch }).then(
      (reply) => {
        this.#outstanding -= 1;
        this.#delay_ms = retryDelay_ms.min;
        if (batch.first <= source.acked + 1) source.acknowledge(batch, reply);
        this.kick();
      },
      (error: unknown) => {
        this.#outstanding -= 1;
        if (generation !== this.#generation || this.#stopped) return;
        onTrouble(error);
        this.#rewind();
        if (error instanceof OutOfSequenceError) this.kick();
        else this.#retryLater();
      },
    );
  }

  /** Goes back to the oldest unacknowledged event. */
  #rewind(): void {
    this.#generation += 1;
    this.#next = this.#options.source.acked + 1;
  }

  #retryLater(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#resume(), this.#delay_ms);
    this.#delay_ms = Math.min(this.#delay_ms * 2, retryDelay_ms.max);
  }

  #resume(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.kick();
  }
}
