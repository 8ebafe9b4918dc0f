/** What a driver needs of time, so that a test can run it on a clock of its own. */
export interface ReplayTimers {
  /** Monotonic, in milliseconds. */
  now: () => number;
  /** Calls back once after so many milliseconds, unless it is stopped before. */
  startTimer: (callback: () => void, delay_ms: number) => { stop: () => void };
}

/** `setTimeout` does nothing of the kind above this, and a pause of a weekend is no reason to play at once. */
const delay_ms_max = 2 ** 31 - 1;

/** Those of the machine. */
export const realTimers: ReplayTimers = {
  now: () => performance.now(),
  startTimer: (callback, delay_ms) => {
    const timer = setTimeout(callback, Math.min(delay_ms, delay_ms_max));
    return { stop: () => clearTimeout(timer) };
  },
};
