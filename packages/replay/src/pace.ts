import { BittenError } from '@bitten/schema';

/** 1 as it happened, 10 ten times as fast, and `max` as fast as it goes. */
export type Speed = number | 'max';

/** How fast the time of the events passes. */
export interface PaceOptions {
  /** Default 1. */
  speed?: Speed | undefined;
  /**
   * The longest pause between two events, in milliseconds of the time they happened in: a longer one (a night, a
   * weekend) counts as this. Default: none is cut.
   */
  gap_ms_max?: number | undefined;
  /** A monotonic clock, in milliseconds. */
  now: () => number;
}

/** So late a player may be and still catch up; what it is behind by more than that is not made up for. */
const late_ms_max = 1_000;

/**
 * Says when each event of a replay is due.
 *
 * Every event has a *place*: how many milliseconds after the first one it happened, long gaps cut. Time in the replay
 * runs along those places, at the speed, and stands still while it is paused. An event is due when time has come to its
 * place.
 *
 * **Ordering.** Places never decrease: components' clocks differ, and an event that says it happened before the one it
 * follows in the log is due together with it.
 *
 * **Failure.** A player that was kept from playing (the bus was away, a handler is slow) does not burst afterwards: where
 * it is more than a second behind, time goes on from the event in hand.
 */
export class Pace {
  readonly #now: () => number;
  readonly #gap_ms_max: number;
  #speed: Speed;
  /** The time of the last event that moved the places forward, Unix seconds. */
  #latest: number | null = null;
  #place_ms = 0;
  /** Where time in the replay was at `#since_ms`. */
  #position_ms = 0;
  #since_ms: number;
  #isPaused = false;

  /** Throws `BadSpeedError`. */
  constructor({ speed = 1, gap_ms_max = Number.POSITIVE_INFINITY, now }: PaceOptions) {
    this.#now = now;
    this.#gap_ms_max = gap_ms_max;
    this.#speed = checkSpeed(speed);
    this.#since_ms = now();
  }

  get speed(): Speed {
    return this.#speed;
  }

  /** Counts from now on. Throws `BadSpeedError`. */
  set speed(speed: Speed) {
    checkSpeed(speed);
    this.#settle();
    this.#speed = speed;
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  /** Time stands still from now on. */
  pause(): void {
    this.#settle();
    this.#isPaused = true;
  }

  /** Time goes on from where it stood still. */
  resume(): void {
    this.#settle();
    this.#isPaused = false;
  }

  /** The place of the next event, by the Unix seconds of its time; each event is to be asked about once, in order. */
  placeOf(time: number): number {
    const gap_ms = this.#latest === null ? 0 : (time - this.#latest) * 1000;
    if (this.#latest === null || gap_ms > 0) this.#latest = time;
    this.#place_ms += Math.min(Math.max(gap_ms, 0), this.#gap_ms_max);
    return this.#place_ms;
  }

  /** How many milliseconds until a place is due: 0 when it is, `Infinity` while the replay is paused. */
  wait_ms(place_ms: number): number {
    if (this.#isPaused) return Number.POSITIVE_INFINITY;
    if (this.#speed === 'max') return 0;
    return Math.max(0, (place_ms - this.#position()) / this.#speed);
  }

  /** An event is about to be played: time is moved to its place, where it is ahead of its time or late. */
  reach(place_ms: number): void {
    const position_ms = this.#position();
    const speed = this.#speed === 'max' ? 1 : this.#speed;
    const late_ms = (position_ms - place_ms) / speed;
    if (late_ms >= 0 && late_ms <= late_ms_max) return;
    this.#position_ms = place_ms;
    this.#since_ms = this.#now();
  }

  /** The next event is not waited for, however long after the last one it happened. */
  skip(): void {
    this.#latest = null;
    this.#position_ms = this.#place_ms;
    this.#since_ms = this.#now();
  }

  #position(): number {
    if (this.#isPaused || this.#speed === 'max') return this.#position_ms;
    return this.#position_ms + (this.#now() - this.#since_ms) * this.#speed;
  }

  #settle(): void {
    this.#position_ms = this.#position();
    this.#since_ms = this.#now();
  }
}

function checkSpeed(speed: Speed): Speed {
  if (speed === 'max' || (Number.isFinite(speed) && speed > 0)) return speed;
  throw new BadSpeedError(speed);
}

/** A replay was to run at a speed that is none. */
export class BadSpeedError extends BittenError {
  constructor(found: unknown) {
    super('bad_speed', 'a replay cannot run at this speed', {
      found: String(found).slice(0, 80),
      expected: 'a number above 0 (1 is as it happened), or max',
      remedy: 'use 1, 10 or max; to stand still, pause it',
    });
  }
}
