import { join } from 'node:path';
import { type Catalogue, createStandardCatalogue } from '@bitten/schema';
import { type Log, openLog } from '@bitten/storage/log';
import type { BusStats } from '@bitten/transport';
import { Admission } from './admission.js';
import { Broadcast, type Feed } from './broadcast.js';
import { Counters } from './counters.js';
import { Cursors } from './cursors.js';
import { GroupCommit } from './group-commit.js';
import { Ingest } from './ingest.js';
import { Readers } from './readers.js';
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
  catalogue?: Catalogue | undefined;
  /** Unix seconds. */
  now: () => number;
}

const retentionInterval_ms = 10_000;

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
  readonly ingest: Ingest;
  readonly service: Service;
  readonly startedAt: number;
  readonly #o: EngineOptions;
  readonly #events: Log;
  readonly #deadLetters: Log;
  readonly #readers = new Readers();
  readonly #cursors: Cursors;
  readonly #admission: Admission;
  readonly #broadcast: Broadcast;
  readonly #commit: GroupCommit;
  readonly #retentions: Retention[];
  #available = true;

  /** Opens the logs. Throws what `openLog` throws: a log with a hole in it is not served. */
  constructor(options: EngineOptions) {
    this.#o = options;
    const { dataDir, segmentBytesMax, now, notices } = options;
    this.startedAt = now();
    this.#events = openLog({ dir: join(dataDir, 'log'), durability: 'fsync', segmentBytesMax });
    this.#deadLetters = openLog({ dir: join(dataDir, 'dead-letters'), durability: 'fsync', segmentBytesMax });
    this.#cursors = new Cursors({
      file: join(dataDir, 'log', 'cursors.json'),
      now,
      onError: notices.problem,
    });
    this.#admission = new Admission(this.#events);
    this.#broadcast = new Broadcast(options.feed);
    this.#commit = new GroupCommit({
      events: this.#events,
      deadLetters: this.#deadLetters,
      onBefore: () => this.ingest.stageAnonymous(),
      onDurable: () => this.#onDurable(),
      onFailed: (error) => this.#onFailed(error),
    });
    this.ingest = new Ingest({
      events: this.#events,
      deadLetters: this.#deadLetters,
      admission: this.#admission,
      catalogue: options.catalogue ?? createStandardCatalogue(),
      commit: this.#commit,
      broadcast: this.#broadcast,
      counters: this.counters,
      now,
    });
    this.service = new Service({
      events: this.#events,
      deadLetters: this.#deadLetters,
      cursors: this.#cursors,
      ingest: this.ingest,
      readers: this.#readers,
      lastOf: (producer) => this.#admission.last(producer) ?? 0,
      stats: () => this.#stats(),
      server: `bitten-bus/${options.version}`,
      onError: notices.problem,
    });
    this.#retentions = [this.#retentionOf('events'), this.#retentionOf('dead_letters')];
    for (const retention of this.#retentions) retention.start();
  }

  /** Answers those who wait, commits what is staged, and closes the logs. */
  async close(): Promise<void> {
    for (const retention of this.#retentions) retention.stop();
    this.#commit.flush();
    this.#show();
    this.#readers.close();
    await this.#cursors.close();
    this.#events.close();
    this.#deadLetters.close();
  }

  #onDurable(): void {
    this.#admission.commit();
    if (!this.#available) {
      this.#available = true;
      this.#o.notices.available();
    }
    // After the acknowledgements, which the group commit sends next: publishers wait, readers can wait longer.
    setImmediate(() => this.#show());
  }

  #show(): void {
    this.#broadcast.release();
    this.#readers.wake(this.#events);
    this.#readers.wake(this.#deadLetters);
  }

  #onFailed(error: unknown): void {
    this.#admission.rollback();
    this.#broadcast.discard();
    if (!this.#available) return;
    this.#available = false;
    this.#o.notices.unavailable(error);
  }

  #retentionOf(name: 'events' | 'dead_letters'): Retention {
    const { retention, now, notices } = this.#o;
    return new Retention({
      log: name === 'events' ? this.#events : this.#deadLetters,
      floor: () => this.#cursors.floor(name),
      ...retention,
      now,
      interval_ms: retentionInterval_ms,
      onRemoved: notices.retained,
      onError: notices.problem,
    });
  }

  #stats(): Omit<BusStats, 'cursors' | 'log' | 'dead_letters'> {
    const { received, appended, duplicates, rejected, byType } = this.counters;
    const { count, duration_ns } = this.#commit;
    return {
      uptime_s: this.#o.now() - this.startedAt,
      started_at: this.startedAt,
      events: { received, appended, duplicates, rejected, by_type: Object.fromEntries(byType) },
      commits: {
        count,
        fsync_p50_ms: count === 0 ? 0 : duration_ns.percentile(50) / 1e6,
        fsync_p99_ms: count === 0 ? 0 : duration_ns.percentile(99) / 1e6,
      },
      clients: this.#o.clients(),
      memory_rss_bytes: process.memoryUsage.rss(),
    };
  }
}
