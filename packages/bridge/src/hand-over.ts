import type { ReceivedEvent } from './received.js';

/** The next event is handed over when the promise, if there is one, has resolved. */
export type Handler = (event: ReceivedEvent) => void | Promise<void>;

/** What becomes of an event whose handler threw: handed over again, passed over, or the end of the subscription. */
export type HandlerErrorPolicy = 'retry' | 'skip' | 'stop';

interface HandOverOptions {
  handler: Handler;
  policy: HandlerErrorPolicy;
  /** Hears what the handler threw. Never throws. */
  onError: (error: unknown) => void;
  /** Waits so long before an event is handed over again; ends early when the subscription is closed. */
  pause: (ms: number) => Promise<void>;
  /** Aborted when the subscription is closed; `stop` aborts it. */
  abort: AbortController;
}

/** How long a subscription waits before it tries again what did not work; doubling from `min` to `max`. */
export const retryDelay_ms = { min: 50, max: 2_000 };

/**
 * Hands events to a handler, one after the other, and does what the subscription says with those whose handler
 * threw: the same for live events and for replayed ones.
 */
export class HandOver {
  readonly #o: HandOverOptions;

  constructor(options: HandOverOptions) {
    this.#o = options;
  }

  /** Whether the event has been dealt with; a promise only where the handler gave one, or threw. */
  give(event: ReceivedEvent): true | Promise<boolean> {
    try {
      const result = this.#o.handler(event);
      if (result === undefined) return true;
      return result.then(
        () => true,
        (error: unknown) => this.#retry(event, error),
      );
    } catch (error) {
      return this.#retry(event, error);
    }
  }

  async #retry(event: ReceivedEvent, firstError: unknown): Promise<boolean> {
    const { handler, policy, onError, pause, abort } = this.#o;
    let error = firstError;
    for (let delay_ms = retryDelay_ms.min; ; delay_ms = Math.min(delay_ms * 2, retryDelay_ms.max)) {
      onError(error);
      if (policy === 'skip') return true;
      if (policy === 'stop') abort.abort();
      else await pause(delay_ms);
      if (abort.signal.aborted) return false;
      try {
        await handler(event);
        return true;
      } catch (thrown) {
        error = thrown;
      }
    }
  }
}
