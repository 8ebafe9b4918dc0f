import { BittenError } from '@bitten/schema';
import {
  BacklogFullError,
  BusClient,
  ConnectionLostError,
  DeadlineError,
  NotConnectedError,
  OutOfSequenceError,
  UnavailableError,
} from '@bitten/transport';

export interface BusLinkOptions {
  host: string;
  port: number;
  /** How the command calls itself in the bus's statistics. */
  name: string;
  /** How long to wait for the bus at the beginning. */
  timeout_ms: number;
  /** How long to wait for it when it goes away later. */
  away_ms_max?: number;
  /** Hears that the bus has gone, and that it is back. */
  onAway?: (why: string) => void;
  onBack?: () => void;
  signal: AbortSignal;
}

const away_ms_default = 60_000;
const retry_ms = { min: 50, max: 1_000 };

/** Nobody answers where the bus should be. */
export class BusAwayError extends BittenError {
  constructor(endpoint: string, waited_ms: number, why: string) {
    super('bus_away', `no bus at ${endpoint} within ${waited_ms / 1000} s (${why})`, {
      found: why,
      expected: `a bus at ${endpoint}`,
      remedy: 'start it (pnpm --filter apps/bus start), or say where it is: --host, --bus-port',
    });
  }
}

/** A command's connection to the bus, and what it does while the bus is away. */
export class BusLink {
  readonly client: BusClient;
  readonly #options: BusLinkOptions;
  #succeededAt = performance.now();
  #isAway = false;
  #delay_ms = retry_ms.min;

  private constructor(options: BusLinkOptions) {
    this.#options = options;
    const { host, port, name, signal } = options;
    this.client = new BusClient({ host, port, name });
    if (signal.aborted) this.close();
    else signal.addEventListener('abort', () => this.close(), { once: true });
  }

  /** Throws `BusAwayError` where the bus does not come within the timeout. */
  static async open(options: BusLinkOptions): Promise<BusLink> {
    const link = new BusLink(options);
    try {
      await link.client.connected({ timeout_ms: options.timeout_ms });
      return link;
    } catch (error) {
      const { status, endpoint } = link.client;
      link.close();
      if (!(error instanceof DeadlineError)) throw error;
      const why = status.state === 'disconnected' ? status.why : 'no connection';
      throw new BusAwayError(endpoint, options.timeout_ms, why);
    }
  }

  /** Asks until the bus answers. Throws what it says no with, and `BusAwayError` when it stays away. */
  async ask<Reply>(request: (client: BusClient) => Promise<Reply>): Promise<Reply> {
    for (;;) {
      try {
        const reply = await request(this.client);
        this.succeeded();
        return reply;
      } catch (error) {
        await this.recover(error);
      }
    }
  }

  /** The bus has answered: it is there. */
  succeeded(): void {
    this.#succeededAt = performance.now();
    this.#delay_ms = retry_ms.min;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#options.onBack?.();
  }

  /**
   * Returns when it is worth trying again after a failure. Throws the failure where trying again does not help, and
   * `BusAwayError` after `away_ms_max` without an answer.
   */
  async recover(error: unknown): Promise<void> {
    if (!isPassing(error) || this.client.status.state === 'closed') throw error;
    const away_ms_max = this.#options.away_ms_max ?? away_ms_default;
    if (performance.now() - this.#succeededAt > away_ms_max) {
      throw new BusAwayError(this.client.endpoint, away_ms_max, error.message);
    }
    if (!this.#isAway) {
      this.#isAway = true;
      this.#options.onAway?.(error.message);
    }
    await this.#pause();
  }

  close(): void {
    this.client.close();
  }

  /** Until the connection is back, or a little longer each time where it is there and the bus says no. */
  #pause(): Promise<void> {
    const delay_ms = this.#delay_ms;
    this.#delay_ms = Math.min(delay_ms * 2, retry_ms.max);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const stop = this.client.onStatus(done);
      const timer = setTimeout(done, delay_ms);
    });
  }
}

function isPassing(error: unknown): error is BittenError {
  return (
    error instanceof NotConnectedError ||
    error instanceof ConnectionLostError ||
    error instanceof DeadlineError ||
    error instanceof UnavailableError ||
    error instanceof OutOfSequenceError ||
    error instanceof BacklogFullError
  );
}
