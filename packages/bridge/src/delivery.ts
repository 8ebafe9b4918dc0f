import type { BusClient, PublishReply } from '@bitten/transport';
import type { ResolvedOptions } from './options.js';
import { Outbox } from './outbox.js';
import { type BatchSource, Sender } from './sender.js';
import { type Batch, Spool } from './spool.js';

interface DeliveryOptions {
  client: BusClient;
  producer: string;
  options: ResolvedOptions;
  onTrouble: (error: unknown) => void;
}

/**
 * Brings what is in the outbox to the bus: first the spools that earlier runs of this component left behind,
 * oldest first, then its own events.
 *
 * **Failure.** When the connection goes, everything unacknowledged moves to the spool. When the process exits
 * with something unacknowledged, it moves there too, as long as the process gets to its exit handlers.
 */
export class Delivery {
  readonly outbox: Outbox;
  readonly #o: DeliveryOptions;
  readonly #unsubscribe: () => void;
  readonly #grace: NodeJS.Timeout;
  #orphans: Spool[];
  #sender: Sender | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: DeliveryOptions) {
    this.#o = options;
    const { client, producer, onTrouble } = options;
    const { spoolDir, bufferBytesMax, spoolBytesMax, receiptsMax, connectGrace_ms } = options.options;
    this.outbox = new Outbox({
      producer,
      spoolDir,
      bufferBytesMax,
      spoolBytesMax,
      receiptsMax,
      onReady: () => this.#kick(),
      onTrouble,
    });
    this.#orphans = this.#findOrphans();
    this.#unsubscribe = client.onStatus((status) => {
      if (status.state === 'disconnected' && this.outbox.pending > 0) this.outbox.startSpooling();
    });
    this.#grace = setTimeout(() => this.#spoolIfAway(), connectGrace_ms);
    process.on('exit', this.#onExit);
    this.#sendNext();
  }

  get orphansLeft(): number {
    return this.#orphans.length;
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#grace);
    clearTimeout(this.#linger);
    process.off('exit', this.#onExit);
    this.#sender?.stop();
    for (const orphan of this.#orphans) orphan.close();
    this.outbox.close();
  }

  readonly #onExit = () => this.close();

  #findOrphans(): Spool[] {
    const { spoolDir } = this.#o.options;
    if (spoolDir === null) return [];
    return Spool.orphans(spoolDir, this.#o.onTrouble);
  }

  #kick(): void {
    const { linger_ms } = this.#o.options;
    if (this.#o.client.status.state === 'disconnected') this.outbox.startSpooling();
    if (linger_ms === 0) this.#sender?.kick();
    else {
      this.#linger ??= setTimeout(() => {
        this.#linger = undefined;
        this.#sender?.kick();
      }, linger_ms);
    }
  }

  #spoolIfAway(): void {
    if (this.#o.client.status.state !== 'connected' && this.outbox.pending > 0) this.outbox.startSpooling();
  }

  /** Begins with the oldest spool left, or with the component's own events when there is none. */
  #sendNext(): void {
    const { client, onTrouble } = this.#o;
    const orphan = this.#orphans[0];
    const source = orphan === undefined ? this.outbox : new OrphanSource(orphan, () => this.#orphanDone());
    this.#sender?.stop();
    this.#sender = new Sender({ client, source, window: this.#o.options.window, onTrouble });
    this.#sender.kick();
  }

  #orphanDone(): void {
    this.#orphans.shift()?.delete();
    this.#sendNext();
  }
}

/** A spool of an earlier run: nobody waits for its receipts. */
class OrphanSource implements BatchSource {
  readonly producer: string;
  readonly #spool: Spool;
  readonly #onDone: () => void;
  #acked: number;

  constructor(spool: Spool, onDone: () => void) {
    this.producer = spool.producer;
    this.#spool = spool;
    this.#onDone = onDone;
    this.#acked = (spool.first ?? 1) - 1;
  }

  get acked(): number {
    return this.#acked;
  }

  take(from: number): Batch | null {
    return this.#spool.read(from);
  }

  acknowledge(batch: Batch, _reply: PublishReply): void {
    this.#acked = batch.first + batch.count - 1;
    if (this.#acked >= this.#spool.last) this.#onDone();
    else this.#spool.release(this.#acked);
  }
}
