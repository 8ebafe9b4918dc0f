/** The time and its passing, for tests to replace. */
export interface Timers {
  /** Unix seconds. */
  now(): number;
  /** Calls back after so many milliseconds; what it returns keeps it from doing so. */
  startTimer(run: () => void, delay_ms: number): () => void;
  /** 0 to 1. */
  random(): number;
}

export const realTimers: Timers = {
  now: () => Date.now() / 1000,
  startTimer: (run, delay_ms) => {
    const timer = setTimeout(run, delay_ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
