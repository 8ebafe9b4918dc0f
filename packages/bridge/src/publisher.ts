import {
  type Catalogue,
  checkEvent,
  correlationOf,
  defaultSourceOf,
  type Envelope,
  encodeEvent,
  InvalidEventError,
  type Issue,
  sizeIssue,
  withAliases,
} from '@bitten/schema';
import { unixTime } from './clock.js';
import { currentCorrelation } from './correlation.js';
import type { Outbox } from './outbox.js';
import type { Receipt, Settler } from './receipt.js';
import { asDeadLetter } from './unsendable.js';

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
  /** The source of events that do not tell theirs and whose type has no usual one. */
  name: string;
  /** Hears of events that were refused, and not kept anywhere, because they hold secrets. */
  onSecret: (error: InvalidEventError) => void;
}

/**
 * Turns what a component says into an event in the outbox.
 *
 * **Failure.** Nothing here throws into the component, whatever it hands over. An invalid event rejects its
 * receipt at once and still goes to the bus, which keeps it in the dead letters; all but one that holds a secret,
 * of which nothing leaves the component.
 */
export class Publisher {
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  publish(event: NewEvent): Promise<Receipt> {
    let settler!: Settler;
    const receipt = new Promise<Receipt>((resolve, reject) => {
      settler = { resolve, reject, number: 0 };
    });
    // A receipt nobody awaits must not become an unhandled rejection; awaiting it later still rejects.
    receipt.catch(ignore);
    this.#accept(event, settler);
    return receipt;
  }

  #accept(event: NewEvent, settler: Settler): void {
    const { outbox, catalogue } = this.#options;
    let text: string | undefined;
    let envelope: Envelope | undefined;
    let issues: Issue[];
    try {
      envelope = this.#complete(event);
      issues = checkEvent(envelope, catalogue);
      text = encodeEvent(envelope);
      const tooLarge = sizeIssue(text);
      if (tooLarge !== undefined) issues = [tooLarge];
    } catch (error) {
      issues = [jsonIssue(error)];
    }
    if (issues.length === 0 && text !== undefined) {
      return outbox.add(text, { settler, event: envelope ?? null });
    }
    const error = new InvalidEventError(issues);
    settler.reject(error);
    // Neither wire nor spool may see it, so there is no dead letter to find: whoever watches the bridge is told.
    if (issues.some(({ code }) => code === 'secret')) return this.#options.onSecret(error);
    outbox.add(asDeadLetter({ text, event, issues }), { settler: null, event: null });
  }

  #complete(event: NewEvent): Envelope {
    const now = unixTime();
    const { event_type } = event;
    const isObject = isRecord(event.data);
    // Data that is no object is for `checkEvent` to complain about.
    const data = isObject ? withAliases(event_type, event.data, now, event.user_id ?? undefined) : event.data;
    const envelope = {
      event_type,
      timestamp: event.timestamp ?? now,
      source: event.source ?? defaultSourceOf(event_type, isObject ? data : undefined) ?? this.#options.name,
      correlation_id:
        event.correlation_id ??
        currentCorrelation() ??
        (isObject ? correlationOf(event_type, data) : undefined) ??
        null,
      user_id: event.user_id ?? null,
      session_id: event.session_id ?? null,
      data,
    } satisfies Envelope;
    // Fields of the caller's own are rare; copying the whole event for them costs as much as all of the above.
    for (const key in event) if (!(key in envelope)) return { ...event, ...envelope };
    return envelope;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonIssue(error: unknown): Issue {
  let found = 'something that cannot be read';
  try {
    found = String(error).slice(0, 200);
  } catch {
    // Even what was thrown may refuse to be read.
  }
  return { path: '', code: 'json', found, expected: 'data that JSON can carry' };
}

function ignore(): void {}
