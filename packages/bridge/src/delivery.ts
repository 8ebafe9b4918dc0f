import { DeadlineError, UnavailableError } from '@bitten/transport';
import type { Link } from './link.js';
import type { ResolvedOptions } from './options.js';
import { Orphan } from './orphan.js';
import { Outbox, type OutboxOptions } from './outbox.js';
import { type BatchSource, Sender } from './sender.js';
import { Spool } from './spool.js';

interface DeliveryOptions {
  link: Link;
  producer: string;
  options: ResolvedOptions;
  /** See `OutboxOptions`. */
  conflationKey: OutboxOptions['conflationKey'];
  onTrouble: (error: unknown) => void;
  onConflating: () => void;
}

/**
 * Brings what is in the outbox to the bus: first the spools that earlier runs of this component left behind,
 * oldest first, then its own events.
 *
 * **Failure.** When the connection goes, or the bus cannot write, everything unacknowledged moves to the spool.
 * When the process exits with something unacknowledged, it moves there too, as long as the process gets to its
 * exit handlers.
 */
export class Delivery {
  readonly outbox: Outbox;
  readonly #o: DeliveryOptions;
  readonly #unsubscribe: () => void;
  /** Folders of spools, which may turn out to belong to living processes. */
  #orphans: string[];
  #orphan: Orphan | null = null;
  #sender: Sender | undefined;
  #linger: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: DeliveryOptions) {
    this.#o = options;
    const { link, producer, conflationKey, onTrouble, onConflating } = options;
    const { spoolDir, bufferBytesMax, spoolBytesMax, receiptsMax } = options.options;
    this.outbox = new Outbox({
      producer,
      spoolDir,
      bufferBytesMax,
      spoolBytesMax,
      receiptsMax,
      conflationKey,
      onReady: () => this.#kick(),
      onTrouble,
      onConflating,
    });
    this.#unsubscribe = link.onStatus(({ state }) => {
      if (state === 'connecting') this.#grantGrace();
      else clearTimeout(this.#grace);
      if (state === 'disconnected') this.outbox.startSpooling();
    });
    this.#orphans = spoolDir === null ? [] : Spool.list(spoolDir);
    process.on('exit', this.#onExit);
    this.#sendNext();
  }

  /** Spools of earlier runs that are still to be delivered, or looked at. */
  get orphansLeft(): number {
    return this.#orphans.length + (this.#orphan === null ? 0 : 1);
  }

  get isBusy(): boolean {
    return this.outbox.pending > 0 || this.#orphan !== null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    clearTimeout(this.#grace);
    clearTimeout(this.#linger);
    process.off('exit', this.#onExit);
    this.#sender?.stop();
    this.#orphan?.close();
    this.outbox.close();
  }

  readonly #onExit = () => this.close();

  /** How long a connection may take before events go to the disk. */
  #grantGrace(): void {
    clearTimeout(this.#grace);
    const { connectGrace_ms } = this.#o.options;
    // The connection itself keeps the process alive as long as there is something to send.
    this.#grace = setTimeout(() => this.outbox.startSpooling(), connectGrace_ms).unref();
  }

  #kick(): void {
    const { link, options } = this.#o;
    if (this.#closed || !this.#connect()) return;
    if (link.status.state === 'disconnected') this.outbox.startSpooling();
    if (options.linger_ms === 0) return this.#sender?.kick();
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      this.#sender?.kick();
    }, options.linger_ms);
  }

  /** False where the system gives no socket; the next event tries again. */
  #connect(): boolean {
    try {
      this.#o.link.open();
      return true;
    } catch (error) {
      this.outbox.startSpooling();
      this.#o.onTrouble(error);
      return false;
    }
  }

  /** Begins with the oldest spool left, or with the component's own events when there is none. */
  #sendNext(): void {
    this.#sender?.stop();
    if (this.#closed) return;
    this.#orphan = this.#nextOrphan();
    this.#sender = this.#makeSender(this.#orphan ?? this.outbox);
    if (this.#orphan !== null && this.#connect()) this.#sender.kick();
    else if (this.outbox.pending > 0) this.#sender.kick();
  }

  #nextOrphan(): Orphan | null {
    const { onTrouble } = this.#o;
    for (let dir = this.#orphans.shift(); dir !== undefined; dir = this.#orphans.shift()) {
      try {
        const spool = Spool.adopt(dir);
        if (spool !== null) return new Orphan({ spool, onTrouble, onDone: () => this.#sendNext() });
      } catch (error) {
        onTrouble(error);
      }
    }
    return null;
  }

  #makeSender(source: BatchSource): Sender {
    const { link, options, onTrouble } = this.#o;
    return new Sender({
      link,
      source,
      window: options.window,
      onTrouble: (error) => {
        // Nobody knows for how long: what is only in memory would die with the process.
        if (error instanceof UnavailableError || error instanceof DeadlineError) this.outbox.startSpooling();
        onTrouble(error);
      },
    });
  }
}
