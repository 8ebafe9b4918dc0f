import type { SeenEvent } from '../types.js';

/** What a condition says of one key at one moment. */
export interface Verdict {
  key: string;
  /** Something happened; or the condition holds, or holds no more. The same may be said again and again. */
  is: 'happened' | 'true' | 'false';
  /** Unix seconds. */
  at: number;
  value: number | null;
  event: SeenEvent | null;
}

/** An event that concerns a rule. */
export interface Sighting {
  event: SeenEvent;
  key: string;
  /** Unix seconds; never less than before. */
  at: number;
}

/**
 * Watches one condition. It is told of the events that concern it and of the time that passes, keeps what it
 * needs to know of each key in bounded memory, and can be saved and loaded as JSON between any two calls.
 */
export interface Watcher {
  see(sighting: Sighting): Verdict[];
  /** What the time alone has changed by then. */
  pass(at: number): Verdict[];
  /** When `pass` may next have something to say, or somewhat earlier; Infinity for never. */
  readonly deadline: number;
  save(): unknown;
  load(saved: unknown): void;
}
