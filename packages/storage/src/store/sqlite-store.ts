import assert from 'node:assert/strict';
import type { Database } from 'better-sqlite3';
import { AppliedCounts, systemClock } from './applied-counts.js';
import { AsOfReader } from './as-of/as-of-reader.js';
import type { ComponentStatuses, EquityCurves, State, TimeRange } from './as-of/state.js';
import { openReader, openWriter } from './connection.js';
import { DeadLetterReader, DeadLetterWriter } from './dead-letters.js';
import { EventReader } from './event-reader.js';
import { EventWriter } from './event-writer.js';
import { LifeReader } from './lives/life-reader.js';
import type { HopName, Lifecycle, LifecycleQuery, LifecycleState, PatternStats } from './lives/lifecycle.js';
import { type Migration, storeMigrations } from './migrations.js';
import { RollupReader } from './rollups/rollup-reader.js';
import type { SignalStats, SymbolStats, VolumeQuery, VolumeStats } from './rollups/rollups.js';
import { type RemovedRows, RowRemover, type StoreRetentionPolicy } from './row-remover.js';
import { EventSearcher } from './search/event-searcher.js';
import type { EventPage, EventSearch } from './search/search.js';
import { limitOf, mayBind, remainder } from './spans.js';
import { translateSqliteError, withSqliteErrors } from './sqlite-errors.js';
import { type FollowedLog, StoreInfo } from './store-info.js';
import type {
  DeadLetter,
  DeadLetterQuery,
  DeadLetterResolution,
  EventQuery,
  LoggedEvent,
  Span,
  Store,
  StoredDeadLetter,
  StoredEvent,
  StoreGap,
  StoreStats,
  StoreSummary,
} from './types.js';

export interface OpenStoreOptions {
  /** Path of the database; its folder is made where it is missing. */
  file: string;
  /** For queries beside the writer. Default false. */
  readonly?: boolean;
  /** Unix seconds; the system's clock by default. */
  clock?: () => number;
  /** How long to wait for a lock another connection holds, milliseconds. Default 5000. */
  busyWait_ms?: number;
}

/**
 * Opens the store, makes it where it is missing, and migrates it. There may be one writer and any number of
 * readers.
 *
 * Throws `MissingStoreError` and `OlderStoreError` (read-only), `NewerStoreError`, `NotAStoreError`,
 * `CorruptStoreError`, `StoreUnavailableError`.
 */
export function openStore(options: OpenStoreOptions): SqliteStore {
  return openStoreWith(options, storeMigrations);
}

/** The same with another list of schemas: how migrations are tested. */
export function openStoreWith(options: OpenStoreOptions, migrations: readonly Migration[]): SqliteStore {
  const { file, readonly = false, clock = systemClock, busyWait_ms = 5_000 } = options;
  const db = (readonly ? openReader : openWriter)({ file, migrations, busyWait_ms });
  try {
    return new SqliteStore(db, { file, readonly, clock });
  } catch (error) {
    db.close();
    throw translateSqliteError(file, error);
  }
}

interface Writers {
  events: EventWriter;
  deadLetters: DeadLetterWriter;
  remover: RowRemover;
}

/**
 * The projection of the log in SQLite.
 *
 * **Ordering.** Spans are applied in the order of the log, each in one transaction with the cursor that passes
 * it. A reader of the file sees a span whole or not at all.
 *
 * **Failure.** `synchronous = FULL`: when `applyEvents` returns, the span survives a crash of the process, of
 * the system and of the power, so the cursor may be reported to whoever removes old segments. When it throws,
 * nothing of the span is there, the cursor stands, and the same span may be applied again.
 */
export class SqliteStore implements Store {
  readonly #db: Database;
  readonly #file: string;
  readonly #clock: () => number;
  readonly #info: StoreInfo;
  readonly #events: EventReader;
  readonly #deadLetters: DeadLetterReader;
  readonly #lives: LifeReader;
  readonly #searcher: EventSearcher;
  readonly #asOf: AsOfReader;
  readonly #rollups: RollupReader;
  readonly #counts: AppliedCounts;
  readonly #writers: Writers | null;

  /** Use `openStore`. */
  constructor(db: Database, options: Required<Omit<OpenStoreOptions, 'busyWait_ms'>>) {
    this.#db = db;
    this.#file = options.file;
    this.#clock = options.clock;
    this.#info = new StoreInfo(db);
    this.#events = new EventReader(db);
    this.#deadLetters = new DeadLetterReader(db);
    this.#lives = new LifeReader(db);
    this.#searcher = new EventSearcher(db, this.#events);
    this.#asOf = new AsOfReader(db);
    this.#rollups = new RollupReader(db);
    this.#counts = new AppliedCounts(options.clock);
    this.#writers = options.readonly
      ? null
      : { events: new EventWriter(db), deadLetters: new DeadLetterWriter(db), remover: new RowRemover(db) };
  }

  get logId(): string | null {
    return withSqliteErrors(this.#file, () => this.#info.logId());
  }

  bind(logId: string): void {
    this.#forWriting();
    withSqliteErrors(this.#file, () => {
      const isEmpty = this.#info.cursor('events') === 1 && this.#info.cursor('dead_letters') === 1;
      if (mayBind(logId, this.#info.logId(), isEmpty)) this.#info.bind(logId);
    });
  }

  cursor(log: FollowedLog): number {
    return withSqliteErrors(this.#file, () => this.#info.cursor(log));
  }

  applyEvents(span: Span<LoggedEvent>): void {
    const { events } = this.#forWriting();
    const { stored, failed } = this.#apply('events', span, {
      write: (item) => events.write(item),
      settle: () => events.settle(),
      forget: () => events.forget(),
    });
    this.#counts.add(stored, failed);
  }

  applyDeadLetters(span: Span<DeadLetter & { seq: number; appendedAt: number }>): void {
    const { deadLetters } = this.#forWriting();
    this.#apply('dead_letters', span, { write: (letter) => deadLetters.write(letter) });
  }

  /** `noticed_at` is for a gap that another store has noticed; now by default. */
  skip(log: FollowedLog, gap: { to: number; why: string; noticed_at?: number }): void {
    const { to, why, noticed_at = this.#clock() } = gap;
    this.#forWriting();
    const write = this.#db.transaction(() => {
      const from = this.#info.cursor(log);
      if (to <= from) return;
      this.#info.addGap({ log, from, to, why, noticed_at });
      this.#info.advance(log, to);
    });
    withSqliteErrors(this.#file, () => write.immediate());
  }

  /**
   * Removes a batch of the oldest rows where the policy wants it, in a transaction of its own; `gaps` says how far
   * that has come. Call it again while a whole batch went.
   */
  retain(policy: StoreRetentionPolicy): RemovedRows {
    const { remover } = this.#forWriting();
    const remove = this.#db.transaction(() => remover.remove(policy, this.#clock()));
    return withSqliteErrors(this.#file, () => remove.immediate());
  }

  gaps(): StoreGap[] {
    return withSqliteErrors(this.#file, () => this.#info.gaps());
  }

  queryEvents(query: EventQuery): StoredEvent[] {
    const limit = limitOf(query.limit);
    return withSqliteErrors(this.#file, () => this.#events.query(query, limit));
  }

  searchEvents(search: EventSearch): EventPage {
    return withSqliteErrors(this.#file, () => this.#searcher.search(search));
  }

  event(seq: number): StoredEvent | null {
    return withSqliteErrors(this.#file, () => this.#events.bySeqs([seq])[0] ?? null);
  }

  eventsAbout(id: string, limit?: number): StoredEvent[] {
    return withSqliteErrors(this.#file, () => this.#events.about(id, limitOf(limit)));
  }

  history(): { from: number; to: number } | null {
    return withSqliteErrors(this.#file, () => this.#events.history());
  }

  seqFrom(time: number): number | null {
    return withSqliteErrors(this.#file, () => this.#events.seqFrom(time));
  }

  stateAt(at: number): State {
    const dataOf = (seqs: readonly number[]) =>
      new Map(this.#events.bySeqs(seqs).map(({ id, data }) => [id, data]));
    return withSqliteErrors(this.#file, () => this.#asOf.stateAt(at, dataOf));
  }

  equity(query: TimeRange & { points: number }): EquityCurves {
    return withSqliteErrors(this.#file, () => this.#asOf.equity(query));
  }

  componentStatuses(range: TimeRange): ComponentStatuses[] {
    return withSqliteErrors(this.#file, () => this.#asOf.componentStatuses(range));
  }

  signalStats(range: TimeRange): SignalStats {
    return withSqliteErrors(this.#file, () => this.#rollups.signals(range));
  }

  symbolStats(range: TimeRange): SymbolStats[] {
    return withSqliteErrors(this.#file, () => this.#rollups.symbols(range));
  }

  volume(query: VolumeQuery): VolumeStats {
    return withSqliteErrors(this.#file, () => this.#rollups.volume(query));
  }

  deadLetters(query: DeadLetterQuery = {}): StoredDeadLetter[] {
    const limit = limitOf(query.limit);
    return withSqliteErrors(this.#file, () => this.#deadLetters.select({ ...query, limit }));
  }

  deadLetterResolutions(place: number): DeadLetterResolution[] {
    return withSqliteErrors(this.#file, () => this.#deadLetters.resolutions(place));
  }

  deadLetterCounts(): Record<string, number> {
    return withSqliteErrors(this.#file, () => this.#deadLetters.counts());
  }

  lifecycle(query: LifecycleQuery = {}): Lifecycle[] {
    const limit = limitOf(query.limit);
    return withSqliteErrors(this.#file, () => this.#lives.select({ ...query, limit }));
  }

  slowestFires(hop: HopName, limit?: number): Lifecycle[] {
    return withSqliteErrors(this.#file, () => this.#lives.slowest(hop, limitOf(limit)));
  }

  lifecycleCounts(): Record<LifecycleState | 'all', number> {
    return withSqliteErrors(this.#file, () => this.#lives.counts());
  }

  patternStats(): PatternStats[] {
    return withSqliteErrors(this.#file, () => this.#lives.patterns());
  }

  getStats(): StoreStats {
    return this.#counts.stats();
  }

  summary(): StoreSummary {
    return withSqliteErrors(this.#file, () => this.#info.summary());
  }

  close(): void {
    this.#db.close();
  }

  #apply<Item extends { seq: number }>(
    log: FollowedLog,
    span: Span<Item>,
    projection: { write(item: Item): boolean; settle?(): void; forget?(): void },
  ): { stored: number; failed: number } {
    let failed = 0;
    let items: readonly Item[] | null = null;
    try {
      this.#db
        .transaction(() => {
          items = remainder(span, { log, cursor: this.#info.cursor(log), logId: this.#info.logId() });
          if (items === null) return;
          for (const item of items) if (!projection.write(item)) failed++;
          projection.settle?.();
          this.#info.advance(log, span.next);
        })
        .immediate();
    } catch (error) {
      projection.forget?.();
      throw translateSqliteError(this.#file, error);
    }
    const offered = (items as readonly Item[] | null)?.length ?? 0;
    return { stored: offered - failed, failed };
  }

  #forWriting(): Writers {
    assert.ok(this.#writers !== null, 'this store was opened with readonly: true');
    return this.#writers;
  }
}
