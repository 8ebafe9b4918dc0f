import type { BusLink } from '@bitten/client';
import {
  BroadcastStage,
  type ReplayClient,
  ReplayDriver,
  type ReplayTimers,
  type Speed,
} from '@bitten/replay';
import { describeError } from '@bitten/runtime';
import type { Replay, ReplayChange } from '../api/index.js';
import { badSpeed, replayOver } from './errors.js';

export interface DeskReplayOptions {
  /** Its name and its mark. */
  id: string;
  /** A connection of its own, closed when the replay is over. */
  link: BusLink;
  from: number;
  to: number;
  speed: Speed;
  types: readonly string[];
  paused: boolean;
  timers?: ReplayTimers | undefined;
  /** Unix seconds. */
  now: () => number;
}

const speeds = { min: 0.1, max: 1_000 };

/** A replay that a page has started: what is shown of it, and what can be done with it. */
export class DeskReplay {
  readonly id: string;
  readonly #driver: ReplayDriver;
  readonly #link: BusLink;
  /** Who waits for a step, and not for a bus that is away. */
  readonly #stepping = new Set<() => void>();
  #overAt: number | null = null;
  /** Why it stands still or has failed, or what it could not play. */
  #why: string | null = null;
  /** Why the bus cannot be asked now. */
  #away: string | null = null;

  /** Starts at once, unless it is to begin paused. Throws `HttpError` 400 for a speed that is none. */
  constructor(options: DeskReplayOptions) {
    const { id, link, from, to, speed, types, paused, timers, now } = options;
    this.id = id;
    this.#link = link;
    const filter = types.length === 0 ? undefined : { types: [...types] };
    this.#driver = new ReplayDriver({
      stage: new BroadcastStage({ client: persistent(link), name: id, filter }),
      from,
      to,
      speed: checkSpeed(speed),
      paused,
      timers,
      onGap: (gap) => {
        this.#why = `events ${gap.from} to ${gap.to - 1} are gone: ${gap.why}`;
      },
    });
    this.#driver.done
      .catch((error: unknown) => {
        this.#why = describeError(error);
      })
      .finally(() => {
        link.close();
        this.#overAt = now();
      });
  }

  get isOver(): boolean {
    const { state } = this.#driver.progress;
    return state !== 'playing' && state !== 'paused';
  }

  /** When it was over, Unix seconds; null while it is on. */
  get overAt(): number | null {
    return this.#overAt;
  }

  get shown(): Replay {
    const { state, from, to, next, sent, unheard, at, speed } = this.#driver.progress;
    const why = this.isOver ? this.#why : (this.#away ?? this.#why);
    const counts = { from_seq: from, to_seq: to, next_seq: next, sent, unheard };
    return { id: this.id, state, why, ...counts, at, speed, topic: 'replay.' };
  }

  /** Hears why the bus is away, and null when it is back. */
  busAway(why: string | null): void {
    this.#away = why === null ? null : `waiting for the bus: ${why}`;
    if (why === null) return;
    for (const resolve of this.#stepping) resolve();
    // One that has been stopped does not wait for it.
    if (this.isOver) this.#link.close();
  }

  /**
   * The speed first, then whether it stands still. Resolves when a step has been played, unless the bus is away.
   * Throws `HttpError` 400, 409.
   */
  async change({ speed, paused, step }: ReplayChange): Promise<void> {
    if (this.isOver) throw replayOver(this.id, this.#driver.progress.state);
    if (speed !== undefined) this.#driver.speed = checkSpeed(speed);
    if (paused === true) this.#driver.pause();
    if (paused === false && step === undefined) this.#driver.resume();
    if (step === undefined) return;
    const stepped = this.#driver.step(step);
    if (this.#away === null) await this.#untilAway(stepped);
  }

  async #untilAway(stepped: Promise<void>): Promise<void> {
    let giveUp = (): void => undefined;
    const away = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    this.#stepping.add(giveUp);
    await Promise.race([stepped, away]);
    this.#stepping.delete(giveUp);
  }

  /** Ends after the events in hand. */
  stop(): void {
    this.#driver.stop();
    if (this.#away !== null) this.#link.close();
  }
}

/** Throws `HttpError` 400. */
export function checkSpeed(speed: Speed): Speed {
  if (speed === 'max' || (speed >= speeds.min && speed <= speeds.max)) return speed;
  throw badSpeed(speed);
}

/** Asks again while the bus is away: a replay goes on where it was. */
function persistent(link: BusLink): ReplayClient {
  return {
    fetch: (...asked) => link.ask((client) => client.fetch(...asked)),
    replay: (...asked) => link.ask((client) => client.replay(...asked)),
  };
}
