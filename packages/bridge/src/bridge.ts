import { createStandardCatalogue, type DataOf, type DataSchema, type EventDefinition } from '@bitten/schema';
import { BusClient, type Status as ConnectionStatus } from '@bitten/transport';
import { uuidv7 } from 'uuidv7';
import { Delivery } from './delivery.js';
import { type BridgeOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { type NewEvent, Publisher, type PublishOptions } from './publisher.js';
import type { Receipt } from './receipt.js';
import { type Handler, type SubscribeOptions, Subscription } from './subscription.js';

/** What happens to the bridge, for whoever wants to watch. */
export type BridgeStatus =
  | { state: 'connecting' }
  | { state: 'connected' }
  /** The bus is away; events are kept and sent later. */
  | { state: 'disconnected'; why: string }
  /** Something did not work and will be tried again, or the spool cannot be used. */
  | { state: 'trouble'; error: unknown }
  | { state: 'closed' };

export interface BridgeStats {
  connection: ConnectionStatus['state'];
  published: number;
  /** Not yet acknowledged by the bus. */
  pending: number;
  acknowledged: number;
  bufferedBytes: number;
  spooledBytes: number;
  /** Spools of earlier runs of this component that are still being delivered. */
  orphansLeft: number;
}

const closeTimeout_ms = 5_000;

/**
 * A component's connection to the bus: publish in one line, subscribe in one.
 *
 * It never blocks or throws into its host; while the bus is away it keeps events in memory, then on disk, and
 * delivers them in order when the bus is back. Nothing is opened before the first use.
 */
export class EventBridge {
  readonly #options: ResolvedOptions;
  readonly #listeners = new Set<(status: BridgeStatus) => void>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #catalogue;
  #client: BusClient | undefined;
  #delivery: Delivery | undefined;
  #publisher: Publisher | undefined;
  #enabled: boolean;
  #closed = false;
  #published = 0;

  constructor(options: BridgeOptions = {}) {
    this.#options = resolveOptions(options);
    this.#catalogue = createStandardCatalogue(this.#options.types);
    this.#enabled = !this.#options.disabled;
  }

  /**
   * Publishes an event. Never throws. The promise resolves when the bus has fsynced the event, and rejects with
   * `InvalidEventError`, `OutboxFullError`, `ReceiptDroppedError` or `BridgeClosedError`; it may be ignored.
   */
  publish<Data extends object>(event: NewEvent<Data>): Promise<Receipt> {
    this.#published += 1;
    return this.#open().publish(event as NewEvent);
  }

  /** A typed publish function for a type of your own; the bridge checks its rules from then on. */
  define<Type extends string, Schema extends DataSchema>(
    definition: EventDefinition<Type, Schema>,
  ): (data: DataOf<EventDefinition<Type, Schema>>, options?: PublishOptions) => Promise<Receipt> {
    this.#catalogue.register(definition);
    return (data, options) => this.publish({ ...options, event_type: definition.type, data: data as object });
  }

  /** Hands the events that pass the filter to a handler, one after the other. See `Subscription`. */
  subscribe(options: SubscribeOptions, handler: Handler): Subscription {
    const onError = options.onError ?? ((error: unknown) => this.#notify({ state: 'trouble', error }));
    const subscription = new Subscription(this.#connect(), { ...options, onError }, handler);
    this.#subscriptions.add(subscription);
    return subscription;
  }

  /** Publishing works again after `disable`. */
  enable(): void {
    this.#setEnabled(true);
  }

  /** Publishing does nothing, and resolves with a receipt of level `disabled`: for tests. */
  disable(): void {
    this.#setEnabled(false);
  }

  /** Hears what happens from now on; returns a function that ends it. */
  onStatus(listener: (status: BridgeStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stats(): BridgeStats {
    const outbox = this.#delivery?.outbox;
    const pending = outbox?.pending ?? 0;
    return {
      connection: this.#client?.status.state ?? 'connecting',
      published: this.#published,
      pending,
      acknowledged: outbox?.acked ?? 0,
      bufferedBytes: outbox?.bufferedBytes ?? 0,
      spooledBytes: outbox?.spooledBytes ?? 0,
      orphansLeft: this.#delivery?.orphansLeft ?? 0,
    };
  }

  /** Resolves when everything published so far is acknowledged. */
  async flush(): Promise<void> {
    await this.#delivery?.outbox.idle();
  }

  /**
   * Ends subscriptions, waits for what is unacknowledged, and closes. What the bus has not acknowledged by the
   * deadline stays in the spool for the next run. Never rejects.
   */
  async close({ timeout_ms = closeTimeout_ms }: { timeout_ms?: number } = {}): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#publisher !== undefined) this.#publisher.closed = true;
    const ending = Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await withDeadline(Promise.all([ending, this.#delivery?.outbox.idle()]), timeout_ms);
    this.#delivery?.close();
    this.#client?.close();
    this.#notify({ state: 'closed' });
  }

  #open(): Publisher {
    if (this.#publisher !== undefined) return this.#publisher;
    const client = this.#connect();
    this.#delivery = new Delivery({
      client,
      producer: uuidv7(),
      options: this.#options,
      onTrouble: (error) => this.#notify({ state: 'trouble', error }),
    });
    this.#publisher = new Publisher({
      catalogue: this.#catalogue,
      outbox: this.#delivery.outbox,
      name: this.#options.name,
      enabled: this.#enabled,
    });
    this.#publisher.closed = this.#closed;
    return this.#publisher;
  }

  #connect(): BusClient {
    if (this.#client !== undefined) return this.#client;
    const { host, port, name, requestTimeout_ms } = this.#options;
    this.#client = new BusClient({ host, port, name, requestTimeout_ms });
    this.#client.onStatus((status) => {
      if (status.state === 'disconnected') this.#notify({ state: 'disconnected', why: status.why });
      else if (status.state !== 'closed') this.#notify({ state: status.state });
    });
    return this.#client;
  }

  #setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    if (this.#publisher !== undefined) this.#publisher.enabled = enabled;
  }

  #notify(status: BridgeStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}

async function withDeadline(work: Promise<unknown>, timeout_ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout_ms);
  });
  await Promise.race([work.catch(() => undefined), deadline]);
  clearTimeout(timer);
}
