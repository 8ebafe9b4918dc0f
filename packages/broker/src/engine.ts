import { join } from 'node:path';
import { type Catalogue, createStandardCatalogue } from '@bitten/schema';
import type { LogIo } from '@bitten/storage/log';
import type { BusStats } from '@bitten/transport';
import { Admission } from './admission.js';
import { Anonymous } from './anonymous.js';
import { Broadcast, type Feed } from './broadcast.js';
import { Counters } from './counters.js';
import type { LogName } from './cursor-file.js';
import { DeadLetters } from './dead-letters.js';
import { type BusFacts, OldestEvent } from './facts.js';
import { type Files, openFiles } from './files.js';
import { GroupCommit } from './group-commit.js';
import type { NoteHop } from './hops.js';
import { Ingest } from './ingest.js';
import { LastValues } from './last-values/last-values.js';
import { Outage } from './outage.js';
import { Readers } from './readers.js';
import { Replayer } from './replayer.js';
import { Retention } from './retention.js';
import { Service } from './service.js';

/** What the bus has to say of itself, for whoever keeps its log file. */
export interface Notices {
  /** The log cannot be written: publishers are told and keep their events. Said once, until it can again. */
  unavailable: (error: unknown) => void;
  available: () => void;
  retained: (events: number) => void;
  problem: (error: unknown) => void;
}

export interface EngineOptions {
  /** Holds `log/` and `dead-letters/`. */
  dataDir: string;
  segmentBytesMax: number;
  /** null keeps everything. */
  retention: { bytesMax: number | null; ageMax_s: number | null };
  version: string;
  notices: Notices;
  feed: Feed;
  /** How many clients were seen lately. */
  clients: () => number;
  /** Who comes in and who does not. */
  doors?: (() => BusStats['doors']) | undefined;
  /** Absent where nobody wants to know. */
  noteHop?: NoteHop | undefined;
  catalogue?: Catalogue | undefined;
  /** The disk under the logs. */
  io?: LogIo | undefined;
  /** How often retention looks; 10 seconds by default. */
  retention_ms?: number | undefined;
  /** Unix seconds. */
  now: () => number;
}

const retention_ms_default = 10_000;
/** How soon a log that could not be written is tried again on behalf of those who do not try themselves. */
const retry_ms = 1_000;
/** So long nothing may fail before the end of an outage is told. */
const outageQuiet_ms = 2_000;

/**
 * The bus without its sockets: logs, ingest, group commit, readers, cursors, retention.
 *
 * **Ordering.** Append, fsync, then acknowledge, then broadcast, then wake the readers.
 *
 * **Failure.** See `Ingest`, `GroupCommit` and `Log`: what was acknowledged is in the log whatever dies; what
 * was not may be, and its publisher sends it again.
 */
export class Engine {
  readonly counters = new Counters();
  readonly service: Service;
  readonly startedAt: number;
  readonly #o: EngineOptions;
  readonly #files: Files;
  readonly #readers = new Readers();
  readonly #replayer: Replayer;
  readonly #admission: Admission;
  readonly #deadLetters: DeadLetters;
  readonly #anonymous: Anonymous;
  readonly #broadcast: Broadcast;
  readonly #lastValues: LastValues;
  readonly #commit: GroupCommit;
  readonly #retentions: Retention[];
  readonly #outage: Outage;
  readonly #oldest: OldestEvent;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** Opens the logs. Throws what `openLog` throws: a log with a hole in it is not served. */
  constructor(options: EngineOptions) {
    this.#o = options;
    const { now, notices } = options;
    this.startedAt = now();
    this.#files = openFiles({ ...options, onError: notices.problem });
    const { events } = this.#files;
    this.#oldest = new OldestEvent(events);
    this.#admission = new Admission(events);
    this.#deadLetters = new DeadLetters(this.#files.deadLetters);
    this.#broadcast = new Broadcast(options.feed);
    this.#replayer = new Replayer({ log: events, feed: options.feed, now });
    this.#outage = new Outage({
      now,
      quiet_ms: outageQuiet_ms,
      onBegin: notices.unavailable,
      onEnd: notices.available,
    });
    this.#commit = this.#makeCommit();
    const catalogue = options.catalogue ?? createStandardCatalogue();
    this.#lastValues = new LastValues({
      log: events,
      catalogue,
      file: join(options.dataDir, 'last-values.ndjson'),
      onError: notices.problem,
    });
    const shared = {
      events,
      deadLetters: this.#deadLetters,
      catalogue,
      broadcast: this.#broadcast,
      counters: this.counters,
      lastValues: this.#lastValues,
      noteHop: options.noteHop,
      now,
    };
    this.#anonymous = new Anonymous({
      ...shared,
      available: () => this.#commit.available,
      schedule: () => this.#commit.schedule(),
      flush: () => this.#commit.flush(),
      onLost: notices.problem,
    });
    this.service = this.#makeService(
      new Ingest({ ...shared, admission: this.#admission, commit: this.#commit }),
    );
    this.#retentions = [this.#retentionOf('events'), this.#retentionOf('dead_letters')];
    for (const retention of this.#retentions) retention.start();
  }

  /** What there is to tell of the bus; null once it is closed. */
  facts(): BusFacts | null {
    if (this.#closed) return null;
    const { rejections } = this.counters;
    return { ...this.service.stats(), rejections, oldest_append_at: this.#oldest.appendedAt };
  }

  /** One message of the door without receipts. */
  accept(frames: readonly Buffer[]): void {
    if (!this.#closed) this.#anonymous.accept(frames);
  }

  /** An event of the bus itself, already valid. */
  emit(text: string, type: string): void {
    if (!this.#closed) this.#anonymous.emit(text, type);
  }

  /** Takes nothing more in, commits what is staged, answers those who wait, and closes the logs. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.service.close();
    for (const retention of this.#retentions) retention.stop();
    clearTimeout(this.#retry);
    this.#commit.close();
    // A log that has just come back was given only the first of what had waited for it.
    if (this.#anonymous.holds && this.#commit.available) this.#commit.flush();
    this.#anonymous.close();
    this.#outage.close();
    this.#readers.close();
    this.#replayer.close();
    await this.#lastValues.close();
    await this.#files.cursors.close();
    this.#files.events.close();
    this.#files.deadLetters.close();
  }

  #makeCommit(): GroupCommit {
    return new GroupCommit({
      events: this.#files.events,
      deadLetters: this.#files.deadLetters,
      onBefore: () => this.#anonymous.stage(),
      onDurable: () => this.#onDurable(),
      onAcknowledged: () => this.#show(),
      onFailed: () => this.#onFailed(),
      onUnavailable: (error) => this.#onUnavailable(error),
      onAvailable: () => this.#outage.succeeded(),
      noteHop: this.#o.noteHop,
    });
  }

  #makeService(ingest: Ingest): Service {
    return new Service({
      ...this.#files,
      ingest,
      readers: this.#readers,
      replayer: this.#replayer,
      lastValues: this.#lastValues,
      lastOf: (producer) => this.#admission.handled(producer) ?? 0,
      stats: () => this.#stats(),
      server: `bitten-bus/${this.#o.version}`,
      onError: this.#o.notices.problem,
    });
  }

  #onDurable(): void {
    this.#admission.commit();
    this.#deadLetters.commit();
    this.#broadcast.commit();
    this.#lastValues.commit();
    this.#anonymous.commit();
  }

  #show(): void {
    this.#broadcast.release();
    this.#readers.wake(this.#files.events);
    this.#readers.wake(this.#files.deadLetters);
  }

  #onFailed(): void {
    this.#admission.rollback();
    this.#broadcast.rollback();
    this.#lastValues.rollback();
    // Before the record of what was staged is dropped.
    this.#anonymous.rollback();
    this.#deadLetters.rollback();
    if (this.#closed || !this.#anonymous.holds) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#commit.schedule();
    }, retry_ms);
  }

  /** What retention may remove could be just the space that is missing: it is not left to its timer. */
  #onUnavailable(error: unknown): void {
    this.#outage.failed(error);
    if (this.#closed) return;
    setImmediate(() => {
      if (!this.#closed) for (const retention of this.#retentions) retention.run();
    });
  }

  #retentionOf(name: LogName): Retention {
    const { retention, now, notices } = this.#o;
    return new Retention({
      log: name === 'events' ? this.#files.events : this.#files.deadLetters,
      floor: () => this.#files.cursors.floor(name),
      ...retention,
      now,
      interval_ms: this.#o.retention_ms ?? retention_ms_default,
      onRemoved: notices.retained,
      onError: notices.problem,
    });
  }

  #stats(): Omit<BusStats, 'cursors' | 'log' | 'dead_letters'> {
    const { received, appended, duplicates, rejected, conflated, byType } = this.counters;
    const { count, duration_ns } = this.#commit;
    const doors = this.#o.doors?.();
    return {
      uptime_s: this.#o.now() - this.startedAt,
      started_at: this.startedAt,
      events: { received, appended, duplicates, rejected, conflated, by_type: Object.fromEntries(byType) },
      commits: {
        count,
        fsync_p50_ms: count === 0 ? 0 : duration_ns.percentile(50) / 1e6,
        fsync_p99_ms: count === 0 ? 0 : duration_ns.percentile(99) / 1e6,
      },
      clients: this.#o.clients(),
      ...(doors === undefined ? {} : { doors }),
      memory_rss_bytes: process.memoryUsage.rss(),
      last_values: { ...this.#lastValues.stats },
      unavailable: this.#outage.facts,
    };
  }
}
