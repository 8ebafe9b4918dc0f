interface FreshestOptions<Key, Value> {
  ask: (key: Key, signal: AbortSignal) => Promise<Value>;
  onAnswer: (value: Value, key: Key) => void;
  onError: (error: unknown) => void;
}

/**
 * Asks for what is wanted now, one question at a time: who drags a slider wants the place where it is, not the hundred
 * that it has passed. What is wanted meanwhile is asked for next, and only the last of it.
 *
 * **Ordering.** Answers come in the order in which they were wanted, each but the passed over.
 */
export class Freshest<Key, Value> {
  readonly #o: FreshestOptions<Key, Value>;
  #next: { key: Key } | null = null;
  #abort: AbortController | null = null;

  constructor(options: FreshestOptions<Key, Value>) {
    this.#o = options;
  }

  want(key: Key): void {
    this.#next = { key };
    if (this.#abort === null) void this.#run();
  }

  /** Nothing is wanted any more, and no answer comes. */
  cancel(): void {
    this.#next = null;
    this.#abort?.abort();
    this.#abort = null;
  }

  async #run(): Promise<void> {
    const { ask, onAnswer, onError } = this.#o;
    const abort = new AbortController();
    this.#abort = abort;
    while (this.#next !== null && !abort.signal.aborted) {
      const { key } = this.#next;
      this.#next = null;
      try {
        const value = await ask(key, abort.signal);
        if (!abort.signal.aborted) onAnswer(value, key);
      } catch (error) {
        if (!abort.signal.aborted) onError(error);
      }
    }
    if (this.#abort === abort) this.#abort = null;
  }
}
