import { inspect } from 'node:util';
import {
  type Catalogue,
  checkEvent,
  correlationOf,
  defaultSourceOf,
  type Envelope,
  encodeEvent,
  InvalidEventError,
  type Issue,
  limits,
  withAliases,
} from '@bitten/schema';
import { currentCorrelation } from './correlation.js';
import type { Outbox } from './outbox.js';
import { BridgeClosedError, type Receipt, type Settler } from './receipt.js';

/** What an event may bring beside its data. */
export interface PublishOptions {
  /** Which component says so. */
  source?: string | undefined;
  user_id?: string | null | undefined;
  session_id?: string | null | undefined;
  correlation_id?: string | null | undefined;
  /** When it happened, Unix seconds. Default: now. */
  timestamp?: number | undefined;
}

/** An event as `publish` takes it: the envelope, of which only type and data are required. */
export type NewEvent<Data = Record<string, unknown>> = PublishOptions & { event_type: string; data: Data };

interface PublisherOptions {
  catalogue: Catalogue;
  outbox: Outbox;
  name: string;
}

/**
 * Turns what a component says into an event in the outbox.
 *
 * **Failure.** Nothing here throws into the component. An invalid event rejects its receipt at once and still
 * goes to the bus, which keeps it in the dead letters.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  enabled: boolean;
  closed = false;

  constructor(options: PublisherOptions & { enabled: boolean }) {
    this.#options = options;
    this.enabled = options.enabled;
  }

  publish(event: NewEvent): Promise<Receipt> {
    if (!this.enabled) return Promise.resolve({ seq: null, level: 'disabled' });
    let settler!: Settler;
    const receipt = new Promise<Receipt>((resolve, reject) => {
      settler = { resolve, reject };
    });
    // A receipt nobody awaits must not become an unhandled rejection; awaiting it later still rejects.
    receipt.catch(ignore);
    if (this.closed) settler.reject(new BridgeClosedError());
    else this.#accept(event, settler);
    return receipt;
  }

  #accept(event: NewEvent, settler: Settler): void {
    const { outbox, catalogue } = this.#options;
    let text: string;
    let issues: readonly Issue[];
    try {
      const envelope = this.#complete(event);
      issues = checkEvent(envelope, catalogue);
      text = encodeEvent(envelope);
    } catch (error) {
      // Not even JSON: the dead letters get it as a person would read it.
      text = inspect(event, { depth: 4, maxStringLength: 1000, breakLength: Number.POSITIVE_INFINITY });
      text = text.replaceAll(/[\r\n]/g, ' ');
      issues = [{ path: '', code: 'json', found: String(error), expected: 'data that JSON can carry' }];
    }
    if (text.length > limits.event_bytes_max) {
      const expected = `at most ${limits.event_bytes_max} bytes`;
      settler.reject(
        new InvalidEventError([{ path: '', code: 'size', found: `${text.length} bytes`, expected }]),
      );
    } else if (issues.length > 0) {
      settler.reject(new InvalidEventError(issues));
      outbox.add(text, null);
    } else {
      outbox.add(text, settler);
    }
  }

  #complete(event: NewEvent): Envelope {
    const now = (performance.timeOrigin + performance.now()) / 1000;
    const { event_type } = event;
    // Data that is no object is for `checkEvent` to complain about.
    const data = isRecord(event.data) ? withAliases(event_type, event.data, now) : event.data;
    return {
      ...event,
      timestamp: event.timestamp ?? now,
      source: event.source ?? defaultSourceOf(event_type) ?? this.#options.name,
      correlation_id:
        event.correlation_id ??
        currentCorrelation() ??
        (isRecord(data) ? correlationOf(event_type, data) : null) ??
        null,
      user_id: event.user_id ?? null,
      session_id: event.session_id ?? null,
      data,
    };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ignore(): void {}
