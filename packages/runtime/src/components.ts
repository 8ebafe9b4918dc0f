import { StopDeadlineError } from './errors.js';

/** A part of an app that is started and stopped. */
export interface Component<T> {
  name: string;
  start: () => T | Promise<T>;
  /** Gets what `start` returned. Not called where `start` failed. */
  stop?: (started: T) => unknown;
}

/** How the parts of an app that run came to rest. */
export interface StopReport {
  /** What each stop threw; the ones after it were stopped all the same. */
  failures: Array<{ component: string; error: unknown }>;
  /** Set where one did not come back in time. What had been started before it was then left alone. */
  hung: StopDeadlineError | undefined;
}

/** Starts components one after the other and stops them in reverse: what stands on another goes first. */
export class Components {
  readonly #started: Array<{ name: string; stop: () => unknown }> = [];
  #starting: string | undefined;
  #isClosed = false;

  /** The component whose start has not come back yet. */
  get starting(): string | undefined {
    return this.#starting;
  }

  /** Starts a component and returns what it is. Throws what its start throws, and `AbortError` once stopping. */
  async use<T>(component: Component<T>): Promise<T> {
    if (this.#isClosed)
      throw new DOMException(`${component.name} is not started: the app is stopping`, 'AbortError');
    this.#starting = component.name;
    try {
      const started = await component.start();
      this.#started.push({ name: component.name, stop: () => component.stop?.(started) });
      return started;
    } finally {
      this.#starting = undefined;
    }
  }

  /** From here on nothing more is started. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Stops everything in reverse within the deadline in all. Where one hangs, those below it are not stopped: it
   * may still be using them, and the process is about to end anyway.
   */
  async stop(deadlineMs: number): Promise<StopReport> {
    this.close();
    const end = performance.now() + deadlineMs;
    const failures: StopReport['failures'] = [];
    for (let component = this.#started.pop(); component !== undefined; component = this.#started.pop()) {
      const { name, stop } = component;
      try {
        const inTime = await settlesBy(async () => void (await stop()), end);
        if (!inTime) return { failures, hung: new StopDeadlineError(name, deadlineMs) };
      } catch (error) {
        failures.push({ component: name, error });
      }
    }
    return { failures, hung: undefined };
  }
}

/** Whether work ends before a point in time of `performance.now()`. Throws what the work throws in time. */
export async function settlesBy(work: () => Promise<void>, end: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, end - performance.now()));
  });
  try {
    return await Promise.race([work().then(() => true), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
