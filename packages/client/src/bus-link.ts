import { BittenError } from '@bitten/schema';
import {
  BacklogFullError,
  BusClient,
  ConnectionLostError,
  DeadlineError,
  KeyRefusedError,
  NotConnectedError,
  OutOfSequenceError,
  readClientKey,
  SlowDownError,
  UnavailableError,
} from '@bitten/transport';

export interface BusLinkOptions {
  host: string;
  port: number;
  /** The file of the key to show; null for none. */
  keyFile: string | null;
  /** How the program calls itself in the bus's statistics. */
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

/** A program's connection to the bus, and what it does while the bus is away. */
export class BusLink {
  readonly client: BusClient;
  readonly #options: BusLinkOptions;
  #succeededAt = performance.now();
  #isAway = false;
  #isShutOut = false;
  #delay_ms = retry_ms.min;

  private constructor(options: BusLinkOptions) {
    this.#options = options;
    const { host, port, keyFile, name, signal } = options;
    const key = keyFile === null ? undefined : readClientKey(keyFile);
    this.client = new BusClient({ host, port, name, key });
    if (signal.aborted) this.close();
    else signal.addEventListener('abort', () => this.close(), { once: true });
  }

  /**
   * Throws `BusAwayError` where the bus does not come within the timeout, `KeyRefusedError` as soon as it does not
   * let us in, and `KeyFileError`.
   */
  static async open(options: BusLinkOptions): Promise<BusLink> {
    const link = new BusLink(options);
    try {
      await Promise.race([link.client.connected({ timeout_ms: options.timeout_ms }), refusal(link.client)]);
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
    this.#isShutOut = false;
    this.#options.onBack?.();
  }

  /**
   * Returns when it is worth trying again after a failure. Throws the failure where trying again does not help, and
   * `BusAwayError`, or `KeyRefusedError` where that is why, after `away_ms_max` without an answer.
   */
  async recover(error: unknown): Promise<void> {
    if (!isPassing(error) || this.client.status.state === 'closed') throw error;
    const away_ms_max = this.#options.away_ms_max ?? away_ms_default;
    if (performance.now() - this.#succeededAt > away_ms_max) {
      if (error instanceof KeyRefusedError) throw error;
      throw new BusAwayError(this.client.endpoint, away_ms_max, error.message);
    }
    // A revoked key is first a lost connection, and only then a refusal: that is news, for waiting does not help it.
    const isShutOut = error instanceof KeyRefusedError;
    if (!this.#isAway || (isShutOut && !this.#isShutOut)) {
      this.#isAway = true;
      this.#isShutOut = isShutOut;
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

/** Rejects when the bus does not let this client in: nobody at a terminal wants to wait for that to change. */
function refusal(client: BusClient): Promise<never> {
  return new Promise((_resolve, reject) => {
    client.onStatus((status) => {
      if (status.state !== 'disconnected' || status.refused !== true) return;
      reject(new KeyRefusedError(client.endpoint, status.why));
    });
  });
}

function isPassing(error: unknown): error is BittenError {
  return (
    error instanceof NotConnectedError ||
    error instanceof ConnectionLostError ||
    error instanceof DeadlineError ||
    error instanceof UnavailableError ||
    error instanceof OutOfSequenceError ||
    error instanceof BacklogFullError ||
    error instanceof SlowDownError
  );
}
