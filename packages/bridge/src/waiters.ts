interface Waiter {
  /** Everything up to this number must be acknowledged. */
  upTo: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Those who wait until everything up to a number is acknowledged. */
export class Waiters {
  #waiting: Waiter[] = [];

  wait(upTo: number): Promise<void> {
    return new Promise<void>((resolve, reject) => this.#waiting.push({ upTo, resolve, reject }));
  }

  wake(acked: number): void {
    if (this.#waiting.length === 0) return;
    const done = this.#waiting.filter(({ upTo }) => upTo <= acked);
    this.#waiting = this.#waiting.filter(({ upTo }) => upTo > acked);
    for (const { resolve } of done) resolve();
  }

  rejectAll(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
