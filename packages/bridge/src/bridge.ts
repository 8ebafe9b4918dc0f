import {
  type Catalogue,
  createStandardCatalogue,
  type DataOf,
  type DataSchema,
  type Envelope,
  type EventDefinition,
  keyIn,
} from '@bitten/schema';
import { uuidv7 } from 'uuidv7';
import { Delivery } from './delivery.js';
import type { Handler } from './hand-over.js';
import { Link, type LinkStatus } from './link.js';
import { type BridgeOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { type NewEvent, Publisher, type PublishOptions } from './publisher.js';
import { BridgeClosedError, type Receipt } from './receipt.js';
import type { ReplaySubscribeOptions } from './replay-options.js';
import { ReplaySubscription } from './replay-subscription.js';
import { outsideReplay, refusalToPublish } from './replayed.js';
import { type SubscribeOptions, Subscription } from './subscription.js';

/** What happens to the bridge, for whoever wants to watch. */
export type BridgeStatus =
  | { state: 'connecting' }
  | { state: 'connected' }
  /** The bus is away, or with `refused` does not let this key in; events are kept and sent later. */
  | { state: 'disconnected'; why: string; refused?: true }
  /** There is nothing to do, and so no connection until there is. */
  | { state: 'idle' }
  /** Something did not work and will be tried again, the spool cannot be used, or an event held a secret. */
  | { state: 'trouble'; error: unknown }
  /** The room is short: of events that may be conflated only the newest of each key is kept. Once for each spell. */
  | { state: 'conflating' }
  | { state: 'closed' };

/** How a bridge is: see {@link EventBridge.stats}. Counts are since it was made. */
export interface BridgeStats {
  connection: LinkStatus['state'];
  published: number;
  /** Not yet acknowledged by the bus. */
  pending: number;
  acknowledged: number;
  /** Not accepted, because memory and spool were full; their receipts were rejected. */
  refused: number;
  /** Replaced by newer ones of their key, because there was no room for all; their receipts were rejected. */
  conflated: number;
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
  readonly #subscriptions = new Set<Subscription | ReplaySubscription>();
  readonly #catalogue;
  readonly #link: Link;
  #delivery: Delivery | undefined;
  #publisher: Publisher | undefined;
  #enabled: boolean;
  #closing: Promise<void> | undefined;
  #published = 0;

  /** Throws `BadOptionError`, and `DuplicateTypeError` where two of the types are one. */
  constructor(options: BridgeOptions = {}) {
    this.#options = resolveOptions(options);
    this.#catalogue = createStandardCatalogue(this.#options.types);
    this.#enabled = !this.#options.disabled;
    this.#link = new Link({ ...this.#options, isBusy: () => this.#isBusy });
    this.#link.onStatus((status) => this.#notify(status));
  }

  /**
   * Publishes an event. Never throws. The promise resolves when the bus has fsynced the event, and rejects with
   * `InvalidEventError`, `OutboxFullError`, `ConflatedError`, `ReceiptDroppedError`, `BridgeClosedError`, or while a
   * replayed event is handled with `ReplayRefusedError`; it may be ignored.
   */
  publish<Data extends object>(event: NewEvent<Data>): Promise<Receipt> {
    if (!this.#enabled) return Promise.resolve({ seq: null, level: 'disabled' });
    try {
      const refusal = refusalToPublish(event);
      if (refusal !== null) return rejected(refusal);
      this.#published += 1;
      return (this.#publisher ?? this.#open()).publish(event as NewEvent);
    } catch (error) {
      return rejected(error);
    }
  }

  /** A typed publish function for a type of your own; the bridge checks its rules from then on. */
  define<Type extends string, Schema extends DataSchema>(
    definition: EventDefinition<Type, Schema>,
  ): (data: DataOf<EventDefinition<Type, Schema>>, options?: PublishOptions) => Promise<Receipt> {
    this.#catalogue.register(definition);
    return (data, options) => this.publish({ ...options, event_type: definition.type, data: data as object });
  }

  /**
   * Hands the events that pass the filter to a handler, one after the other. See `Subscription`, and for a replay of
   * what has been `ReplaySubscription`. Throws `BridgeClosedError`, `BadOptionError`, and `ReplayRefusedError` where a
   * handler with effects is to be given a replay.
   */
  subscribe(options: ReplaySubscribeOptions, handler: Handler): ReplaySubscription;
  subscribe(options: SubscribeOptions, handler: Handler): Subscription;
  subscribe(
    options: SubscribeOptions | ReplaySubscribeOptions,
    handler: Handler,
  ): Subscription | ReplaySubscription {
    if (this.#closing !== undefined) throw new BridgeClosedError();
    const onError = options.onError ?? ((error: unknown) => this.#trouble(error));
    const link = this.#link;
    const catalogue = this.#catalogue;
    // Within a handler of a replay too: what it opens serves others as well, for whom it is now.
    const subscription = outsideReplay(() =>
      'replay' in options && options.replay !== undefined
        ? new ReplaySubscription(link, { ...options, onError }, handler)
        : new Subscription(link, { ...options, onError, catalogue }, handler),
    );
    this.#subscriptions.add(subscription);
    void subscription.done.then(() => {
      this.#subscriptions.delete(subscription);
      this.#link.touch();
    });
    return subscription;
  }

  /** Publishing works again after `disable`. */
  enable(): void {
    this.#enabled = true;
  }

  /** Publishing does nothing, and resolves with a receipt of level `disabled`: for tests. */
  disable(): void {
    this.#enabled = false;
  }

  /** Hears what happens from now on; returns a function that ends it. */
  onStatus(listener: (status: BridgeStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What has been published and acknowledged, what waits and where, and how the connection is. */
  stats(): BridgeStats {
    const outbox = this.#delivery?.outbox;
    return {
      connection: this.#link.status.state,
      published: this.#published,
      pending: (outbox?.pending ?? 0) + (outbox?.held ?? 0),
      acknowledged: outbox?.acked ?? 0,
      refused: outbox?.refused ?? 0,
      conflated: outbox?.conflated ?? 0,
      bufferedBytes: outbox?.bufferedBytes ?? 0,
      spooledBytes: outbox?.spooledBytes ?? 0,
      orphansLeft: this.#delivery?.orphansLeft ?? 0,
    };
  }

  /** Resolves when everything published so far is acknowledged. Rejects with `BridgeClosedError`. */
  async flush(): Promise<void> {
    await this.#delivery?.outbox.idle();
  }

  /**
   * Ends subscriptions, waits for what is unacknowledged, and closes. What the bus has not acknowledged by the
   * deadline stays in the spool for the next run. Never rejects.
   */
  close({ timeout_ms = closeTimeout_ms }: { timeout_ms?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(timeout_ms);
    return this.#closing;
  }

  async #close(timeout_ms: number): Promise<void> {
    this.#publisher = undefined;
    const ending = [...this.#subscriptions].map((subscription) => subscription.close());
    await withDeadline(Promise.all([...ending, this.flush()]), timeout_ms);
    this.#delivery?.close();
    this.#link.close();
  }

  get #isBusy(): boolean {
    return this.#subscriptions.size > 0 || (this.#delivery?.isBusy ?? false);
  }

  /** Throws `BridgeClosedError`. */
  #open(): Publisher {
    if (this.#closing !== undefined) throw new BridgeClosedError();
    this.#delivery ??= new Delivery({
      link: this.#link,
      producer: uuidv7(),
      options: this.#options,
      conflationKey: (event) => conflationKey(event, this.#catalogue),
      onTrouble: (error) => this.#trouble(error),
      onConflating: () => this.#tell({ state: 'conflating' }),
    });
    const { outbox } = this.#delivery;
    this.#publisher = new Publisher({
      catalogue: this.#catalogue,
      outbox,
      name: this.#options.name,
      onSecret: (error) => this.#trouble(error),
    });
    return this.#publisher;
  }

  #trouble(error: unknown): void {
    this.#tell({ state: 'trouble', error });
  }

  #notify(status: LinkStatus): void {
    if (status.state !== 'disconnected') return this.#tell({ state: status.state });
    const { why, refused } = status;
    this.#tell({ state: 'disconnected', why, ...(refused === true ? { refused } : {}) });
  }

  /** What a listener throws must not reach the sockets, in whose callbacks this runs. */
  #tell(status: BridgeStatus): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(status);
      } catch {
        // There is nobody left to tell.
      }
    }
  }
}

/** What an event is the newest value of, where its type says that only the newest counts. */
function conflationKey({ event_type, data }: Envelope, catalogue: Catalogue): string | null {
  const definition = catalogue.get(event_type);
  if (definition?.overload !== 'conflate' || definition.key === null) return null;
  const key = keyIn(definition.key, data);
  return key === null ? null : `${event_type}\n${key}`;
}

/** A receipt nobody awaits must not become an unhandled rejection; awaiting it later still rejects. */
function rejected(error: unknown): Promise<Receipt> {
  const receipt = Promise.reject<Receipt>(error);
  receipt.catch(() => undefined);
  return receipt;
}

async function withDeadline(work: Promise<unknown>, timeout_ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout_ms);
  });
  await Promise.race([work.catch(() => undefined), deadline]);
  clearTimeout(timer);
}
