import type { NoteDuration, NotReady } from '@bitten/runtime';
import type { FetchReply, LogName } from '@bitten/transport';

/** What is measured of each page. */
export interface PageDurations {
  /** From a page in hand to its rows and the cursor on disk. */
  apply: NoteDuration<LogName> | undefined;
  /** From the moment the bus appended the page's first event to the moment it is stored. */
  lag: NoteDuration<LogName> | undefined;
}

interface Followed {
  /** Since when it is not followed, and why; null while it is. */
  trouble: { since: number; why: string } | null;
  /** The `seq` the log's next event will get, by the last page. */
  end: number;
  /** The next one to be stored. */
  next: number;
  /** When the oldest event that is known not to be stored was appended, at the earliest; null where all are. */
  waitingSince: number | null;
  /** Items that came, also those that came again. */
  fetched: number;
}

export interface LogProgress extends Readonly<Followed> {
  /** Events behind, by what the bus said last. */
  lag: number;
  /** For how many seconds the oldest of them has waited. */
  lag_s: number;
}

/** So far behind the store answers questions about the past only. */
export const lag_s_max = 30;

/** How far the collector has come, page by page. */
export class Progress {
  readonly #durations: PageDurations;
  readonly #now: () => number;
  readonly #logs: Record<LogName, Followed>;

  constructor(durations: PageDurations, now: () => number = () => Date.now() / 1000) {
    this.#durations = durations;
    this.#now = now;
    const trouble = { since: now(), why: 'the bus has not been reached yet' };
    const begun = { trouble, end: 1, next: 1, waitingSince: null, fetched: 0 };
    this.#logs = { events: { ...begun }, dead_letters: { ...begun } };
  }

  /** Stores a page by `apply`, and knows when it came and how long it took. Throws what `apply` throws. */
  store(name: LogName, page: FetchReply, apply: () => void): void {
    const log = this.#logs[name];
    const appendedAt = page.runs[0]?.[2] ?? null;
    log.end = page.end;
    log.waitingSince = appendedAt;
    log.fetched += page.runs.reduce((sum, [, count]) => sum + count, 0);
    const begunAt = performance.now();
    apply();
    this.#durations.apply?.(name, (performance.now() - begunAt) / 1e3);
    if (appendedAt !== null) this.#durations.lag?.(name, this.#now() - appendedAt);
    log.next = page.next;
    // What is behind it was appended at the same time or later.
    log.waitingSince = page.next < page.end ? (page.runs.at(-1)?.[2] ?? null) : null;
  }

  /** The store stands there, and follows from now on. */
  begin(name: LogName, next: number): void {
    Object.assign(this.#logs[name], { next, end: Math.max(next, this.#logs[name].end), trouble: null });
  }

  goesOn(name: LogName): void {
    this.#logs[name].trouble = null;
  }

  stops(name: LogName, why: string): void {
    this.#logs[name].trouble = { since: this.#now(), why };
  }

  of(name: LogName): LogProgress {
    const log = this.#logs[name];
    const { waitingSince, end, next } = log;
    const lag_s = waitingSince === null ? 0 : Math.max(0, this.#now() - waitingSince);
    return { ...log, lag: Math.max(0, end - next), lag_s };
  }

  /** Why the store does not hold what the bus has; empty where it does. */
  notReady(): NotReady[] {
    return (['events', 'dead_letters'] as const).flatMap((name) => {
      const { trouble, lag, lag_s } = this.of(name);
      if (trouble !== null) {
        const message = `${name} cannot be followed into the store: ${trouble.why}`;
        return [{ code: 'not_following', message, since: trouble.since }];
      }
      if (lag_s <= lag_s_max) return [];
      const message = `the store is ${lag} ${name} and ${Math.round(lag_s)} s behind; ready within ${lag_s_max} s`;
      return [{ code: 'behind', message }];
    });
  }
}
