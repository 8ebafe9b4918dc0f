import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Log } from '@bitten/storage/log';
import type { NoteHop } from './hops.js';

interface GroupCommitOptions {
  events: Log;
  deadLetters: Log;
  /** Called before the logs are written, for what is staged at the last moment. */
  onBefore: () => void;
  /** Called when all that was staged is durable. */
  onDurable: () => void;
  /** Called after the acknowledgements: publishers wait, readers can wait longer. */
  onAcknowledged: () => void;
  /** Called when nothing of what was staged is in the event log. */
  onFailed: () => void;
  /** Hears that a log cannot be written: once, until it can again. */
  onUnavailable: (error: unknown) => void;
  onAvailable: () => void;
  noteHop?: NoteHop | undefined;
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
  /** The logs whose last write failed. */
  readonly #broken = new Set<Log>();
  #waiters: Array<(error: unknown) => void> = [];
  #scheduled = false;
  #closed = false;
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

  /** Whether the last write succeeded, as far as there was one. */
  get available(): boolean {
    return this.#broken.size === 0;
  }

  /** Commits soon; `onDone` hears null when what is staged by now is durable, or the error. */
  schedule(onDone?: (error: unknown) => void): void {
    if (onDone !== undefined) this.#waiters.push(onDone);
    const { events, deadLetters } = this.#options;
    if (events.stagedBytes + deadLetters.stagedBytes >= stagedBytesMax) {
      this.flush();
    } else if (!this.#scheduled && !this.#closed) {
      this.#scheduled = true;
      setImmediate(() => {
        if (this.#scheduled) this.flush();
      });
    }
  }

  /** Commits what there is, for the last time. */
  close(): void {
    this.#closed = true;
    this.flush();
  }

  /** Commits now. */
  flush(): void {
    this.#scheduled = false;
    const { events, deadLetters, onBefore, onDurable, onAcknowledged, noteHop } = this.#options;
    let isEmpty: boolean;
    try {
      onBefore();
      isEmpty = events.stagedBytes + deadLetters.stagedBytes === 0;
      this.#write(deadLetters);
      this.#write(events);
    } catch (error) {
      return this.abort(error);
    }
    onDurable();
    const durableAt = performance.now();
    this.#tell(null);
    if (!isEmpty) noteHop?.('committed_to_acknowledged', (performance.now() - durableAt) / 1e3);
    onAcknowledged();
    if (!isEmpty) noteHop?.('committed_to_broadcast', (performance.now() - durableAt) / 1e3);
  }

  /** Drops what is staged, and tells everybody who waits for it. */
  abort(error: unknown): void {
    this.#options.events.discard();
    this.#options.deadLetters.discard();
    this.#options.onFailed();
    this.#tell(error);
  }

  #tell(failure: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const done of waiters) done(failure);
  }

  #write(log: Log): void {
    if (log.stagedBytes === 0) return;
    const begun = process.hrtime.bigint();
    try {
      log.commit();
    } catch (error) {
      const isNew = this.available;
      this.#broken.add(log);
      if (isNew) this.#options.onUnavailable(error);
      throw error;
    }
    if (this.#broken.delete(log) && this.available) this.#options.onAvailable();
    if (log !== this.#options.events) return;
    const duration_ns = process.hrtime.bigint() - begun;
    this.#duration_ns.record(duration_ns);
    this.#options.noteHop?.('commit', Number(duration_ns) / 1e9);
    this.#count += 1;
  }
}
