import { BusClient, readClientKey, type Status } from '@bitten/transport';
import { BridgeClosedError } from './receipt.js';

/** How the bridge stands with the bus; `idle` is not connected for want of anything to do. */
export type LinkStatus = Status | { state: 'idle' };

interface LinkOptions {
  host: string;
  port: number;
  keyFile: string | null;
  name: string;
  requestTimeout_ms: number;
  idle_ms: number;
  /** Whether anybody needs the connection now. */
  isBusy: () => boolean;
}

/** A component that publishes now and then should not connect anew each time. */
const patience_ms_max = 60_000;

/**
 * The connection to the bus: opened when there is something to do, closed when there has been nothing for a
 * while. An open socket keeps the process alive, and a program that has nothing more to do should end.
 *
 * One timer looks now and then whether anybody needs the connection; nothing is done for a single event. How
 * long it waits doubles with each time the connection was needed again after all.
 */
export class Link {
  readonly #o: LinkOptions;
  readonly #listeners = new Set<(status: LinkStatus) => void>();
  #client: BusClient | null = null;
  #unsubscribe: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #patience_ms: number;
  /** On the monotonic clock. */
  #usedAt_ms = 0;
  #reopened = false;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#o = options;
    this.#patience_ms = options.idle_ms;
  }

  get status(): LinkStatus {
    return this.#client?.status ?? (this.#closed ? closedStatus() : { state: 'idle' });
  }

  /**
   * The client, connecting if it was not. Throws `BridgeClosedError`, `KeyFileError`, and what opening a socket
   * throws.
   */
  open(): BusClient {
    if (this.#client !== null) return this.#client;
    if (this.#closed) throw new BridgeClosedError();
    const { host, port, keyFile, name, requestTimeout_ms, idle_ms } = this.#o;
    const key = keyFile === null ? undefined : readClientKey(keyFile);
    const client = new BusClient({ host, port, key, name, requestTimeout_ms });
    if (this.#reopened) {
      this.#patience_ms = Math.max(idle_ms, Math.min(this.#patience_ms * 2, patience_ms_max));
    }
    this.#client = client;
    this.#unsubscribe = client.onStatus((status) => this.#tell(status));
    this.touch();
    this.#lookIn(this.#patience_ms);
    this.#tell(client.status);
    return client;
  }

  /** Says that the connection has just been of use. */
  touch(): void {
    this.#usedAt_ms = performance.now();
  }

  /** Hears how the status changes; returns a function that ends it. */
  onStatus(listener: (status: LinkStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#disconnect();
    this.#tell(closedStatus());
  }

  /** The socket keeps the process alive as long as this matters: the timer need not. */
  #lookIn(delay_ms: number): void {
    if (!Number.isFinite(delay_ms)) return;
    this.#timer = setTimeout(() => this.#look(), Math.min(delay_ms, 2 ** 31 - 1)).unref();
  }

  #look(): void {
    if (this.#o.isBusy()) this.touch();
    const left_ms = this.#usedAt_ms + this.#patience_ms - performance.now();
    if (left_ms > 0) return this.#lookIn(left_ms);
    this.#disconnect();
    this.#reopened = true;
    this.#tell({ state: 'idle' });
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.#client?.close();
    this.#client = null;
  }

  #tell(status: LinkStatus): void {
    for (const listener of [...this.#listeners]) listener(status);
  }
}

function closedStatus(): LinkStatus {
  return { state: 'closed', since: Date.now() / 1000 };
}
