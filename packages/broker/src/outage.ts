/** Since when, and why, the logs cannot be written. */
export interface OutageFacts {
  /** Unix seconds. */
  since: number;
  why: string;
}

interface OutageOptions {
  /** Unix seconds. */
  now: () => number;
  /** How long writing must have worked before it counts as working. */
  quiet_ms: number;
  onBegin: (error: unknown) => void;
  onEnd: () => void;
}

/**
 * A time in which the logs cannot be written, as people are told of it: begun once, ended once.
 *
 * On a disk that is nearly full a small commit succeeds between two large ones that fail; so it is over only
 * when nothing has failed for a while. Publishers do not wait for that: they are acknowledged at once.
 */
export class Outage {
  readonly #o: OutageOptions;
  #facts: OutageFacts | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OutageOptions) {
    this.#o = options;
  }

  /** Null while the logs can be written. */
  get facts(): OutageFacts | null {
    return this.#facts;
  }

  /** A commit has failed. */
  failed(error: unknown): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const why = error instanceof Error ? error.message : String(error);
    if (this.#facts !== null) {
      this.#facts.why = why;
      return;
    }
    this.#facts = { since: this.#o.now(), why };
    this.#o.onBegin(error);
  }

  /** What had failed has been written. */
  succeeded(): void {
    if (this.#facts === null) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), this.#o.quiet_ms);
  }

  /** Ends the waiting; where writing works by now, that is said. */
  close(): void {
    if (this.#timer !== undefined) this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#facts = null;
    this.#o.onEnd();
  }
}
