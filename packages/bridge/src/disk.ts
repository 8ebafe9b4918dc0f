/** How long a disk that has refused is left alone. */
const pause_ms = 1_000;

/** A disk that may refuse: what fails is told once, until something succeeds, and tried again after a pause. */
export class Disk {
  readonly #onTrouble: (error: unknown) => void;
  /** On the monotonic clock. */
  #pausedUntil_ms = 0;
  #trouble: string | null = null;

  constructor(onTrouble: (error: unknown) => void) {
    this.#onTrouble = onTrouble;
  }

  /** Why it takes nothing at the moment; null where it does, as far as is known. */
  get trouble(): string | null {
    return this.#trouble;
  }

  try(write: () => void): void {
    if (performance.now() < this.#pausedUntil_ms) return;
    try {
      write();
      this.#trouble = null;
    } catch (error) {
      this.#pausedUntil_ms = performance.now() + pause_ms;
      const isNew = this.#trouble === null;
      this.#trouble = error instanceof Error ? error.message : String(error);
      if (isNew) this.#onTrouble(error);
    }
  }

  /** Tries the next time, however long ago it has refused: for the last time. */
  resume(): void {
    this.#pausedUntil_ms = 0;
  }
}
