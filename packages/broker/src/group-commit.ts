import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Log } from '@bitten/storage/log';

interface GroupCommitOptions {
  events: Log;
  deadLetters: Log;
  /** Called before the logs are written, for what is staged at the last moment. */
  onBefore: () => void;
  /** Called when all that was staged is durable. */
  onDurable: () => void;
  /** Called when nothing of what was staged is in the event log. */
  onFailed: (error: unknown) => void;
}

/** Past this many staged bytes a commit does not wait for the rest of the burst. */
const stagedBytesMax = 4 * 1024 * 1024;

/**
 * Makes one fsync serve everything that arrived meanwhile.
 *
 * The first event of a burst schedules a commit with `setImmediate`; what is ready in the sockets is received
 * before that fires, and joins it. While the commit writes and syncs, synchronously, the next burst collects
 * in the sockets: grouping by what is ready, never by waiting (measured: docs/adr/0001-synchronous-commit.md).
 *
 * **Ordering.** The dead-letter log is written first. Waiters are called in the order they were added, after
 * both logs are durable.
 *
 * **Failure.** A crash between the two writes leaves dead letters whose batch was not acknowledged; sent again,
 * they are recognised by their producer's number. When a write fails every waiter is told, and nobody has been
 * acknowledged.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #duration_ns: RecordableHistogram = createHistogram();
  #waiters: Array<(error: unknown) => void> = [];
  #scheduled = false;
  #count = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** How long write and sync take, in nanoseconds. */
  get duration_ns(): RecordableHistogram {
    return this.#duration_ns;
  }

  /** Commits soon; `onDone` hears null when what is staged by now is durable, or the error. */
  schedule(onDone?: (error: unknown) => void): void {
    if (onDone !== undefined) this.#waiters.push(onDone);
    if (this.#options.events.stagedBytes >= stagedBytesMax) {
      this.flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        if (this.#scheduled) this.flush();
      });
    }
  }

  /** Commits now. */
  flush(): void {
    this.#scheduled = false;
    const { events, deadLetters, onBefore, onDurable, onFailed } = this.#options;
    const waiters = this.#waiters;
    this.#waiters = [];
    let failure: unknown = null;
    try {
      onBefore();
      if (deadLetters.stagedBytes > 0) deadLetters.commit();
      if (events.stagedBytes > 0) {
        const begun = process.hrtime.bigint();
        events.commit();
        this.#duration_ns.record(process.hrtime.bigint() - begun);
        this.#count += 1;
      }
    } catch (error) {
      failure = error ?? new Error('commit failed');
      events.discard();
      deadLetters.discard();
    }
    if (failure === null) onDurable();
    else onFailed(failure);
    for (const done of waiters) done(failure);
  }
}
