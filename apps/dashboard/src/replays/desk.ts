import { BusLink } from '@bitten/client';
import type { ReplayTimers } from '@bitten/replay';
import type { Replay, ReplayChange, ReplayStart } from '../api/index.js';
import type { Stretch } from '../state/queries.js';
import { checkSpeed, DeskReplay } from './desk-replay.js';
import { noSuchReplay, nothingToReplay, otherLog, replays_max, tooManyReplays } from './errors.js';

export interface ReplayDeskOptions {
  place: { host: string; busPort: number; keyFile: string | null };
  /** Where in the log the events of a time (Unix seconds) are; null where there are none. */
  find: (range: { from: number; to: number | null }) => Promise<Stretch | null>;
  /** Aborted when the dashboard is asked to stop: every replay stops with it. */
  signal: AbortSignal;
  /** Unix seconds. */
  now?: () => number;
  timers?: ReplayTimers;
}

/** How long a page waits for the bus before it is told that there is none. */
const patience_ms = 2_000;
/** Those that are over stay to be seen for so long, and at most so many. */
const kept_s = 3_600;
const kept_max = 50;

/**
 * The replays that pages have started: at most four at a time, on the `replay.` root alone.
 *
 * **Failure.** A replay waits while the bus is away, however long, and goes on where it was. A dashboard that ends
 * takes its replays with it: nobody would be there to stop them.
 */
export class ReplayDesk {
  readonly #o: ReplayDeskOptions;
  readonly #now: () => number;
  readonly #replays = new Map<string, DeskReplay>();
  /** Those that are being started count already. */
  #starting = 0;
  #started = 0;

  constructor(options: ReplayDeskOptions) {
    this.#o = options;
    this.#now = options.now ?? (() => Date.now() / 1000);
    options.signal.addEventListener('abort', () => this.#stopAll(), { once: true });
  }

  /** Those that are on, and those that were within the last hour; the newest first. */
  list(): Replay[] {
    this.#forget();
    return [...this.#replays.values()].map((replay) => replay.shown).reverse();
  }

  /** Throws `HttpError` 404. */
  get(id: string): Replay {
    return this.#find(id).shown;
  }

  /**
   * Starts one. Throws `HttpError` 400 where nothing happened then, 409 where there are too many, and what
   * `BusLink.open` throws where the bus is not there or does not let us in.
   */
  async start({ from, to, speed, types = [], paused = false }: ReplayStart): Promise<Replay> {
    checkSpeed(speed);
    if (to !== undefined && to < from) throw nothingToReplay('an end before the beginning');
    this.#forget();
    const on = [...this.#replays.values()].filter((replay) => !replay.isOver).length;
    if (on + this.#starting >= replays_max) throw tooManyReplays();
    this.#starting += 1;
    try {
      return await this.#open({ from, to, speed, types, paused });
    } finally {
      this.#starting -= 1;
    }
  }

  /** Throws `HttpError` 400, 404, and 409 for one that is over. */
  async change(id: string, change: ReplayChange): Promise<Replay> {
    const replay = this.#find(id);
    await replay.change(change);
    return replay.shown;
  }

  /** Stops it after the events in hand; one that is over stays as it is. Throws `HttpError` 404. */
  async stop(id: string): Promise<Replay> {
    const replay = this.#find(id);
    replay.stop();
    return replay.shown;
  }

  async #open(start: Required<Omit<ReplayStart, 'to'>> & { to: number | undefined }): Promise<Replay> {
    const { speed, types, paused } = start;
    const stretch = await this.#o.find({ from: start.from, to: start.to ?? null });
    if (stretch === null) throw nothingToReplay('no event happened then');
    const id = this.#nameNext();
    let replay: DeskReplay | undefined;
    const link = await this.#openLink((why) => replay?.busAway(why));
    try {
      const { next: end, log_id } = await link.client.hello();
      if (stretch.logId !== null && stretch.logId !== log_id) throw otherLog(stretch.logId, log_id);
      const { from } = stretch;
      const to = Math.min(stretch.to ?? end, end);
      if (to <= from) throw nothingToReplay('a log that ends before those events');
      const { timers } = this.#o;
      replay = new DeskReplay({ id, link, from, to, speed, types, paused, timers, now: this.#now });
      this.#replays.set(id, replay);
      return replay.shown;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  #openLink(onChange: (why: string | null) => void): Promise<BusLink> {
    const { place, signal } = this.#o;
    return BusLink.open({
      host: place.host,
      port: place.busPort,
      keyFile: place.keyFile,
      name: 'dashboard-replay',
      timeout_ms: patience_ms,
      away_ms_max: Number.POSITIVE_INFINITY,
      onAway: onChange,
      onBack: () => onChange(null),
      // One of its own: the dashboard's would keep a listener of every replay there ever was.
      signal: AbortSignal.any([signal]),
    });
  }

  /** What its events are marked with: `dashboard-20261122-233501-1`, in UTC. */
  #nameNext(): string {
    this.#started += 1;
    const day = new Date(this.#now() * 1000)
      .toISOString()
      .slice(0, 19)
      .replace(/[-:]/g, '')
      .replace('T', '-');
    return `dashboard-${day}-${this.#started}`;
  }

  #find(id: string): DeskReplay {
    this.#forget();
    const replay = this.#replays.get(id);
    if (replay === undefined) throw noSuchReplay(id);
    return replay;
  }

  #forget(): void {
    const since = this.#now() - kept_s;
    const over = [...this.#replays.values()].filter(({ overAt }) => overAt !== null);
    for (const [at, { id, overAt }] of over.entries()) {
      if (overAt! < since || at < over.length - kept_max) this.#replays.delete(id);
    }
  }

  #stopAll(): void {
    for (const replay of this.#replays.values()) replay.stop();
  }
}
