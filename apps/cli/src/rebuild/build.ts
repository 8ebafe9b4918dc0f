import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeError } from '@bitten/runtime';
import { LogInspector, type LogRecord } from '@bitten/storage/log';
import {
  deadLettersOfRecords,
  eventsOfRecords,
  ForeignLogError,
  OldStore,
  StoreBuilder,
} from '@bitten/storage/store';
import { stretchesOf } from '../verify/stretches.js';
import type { LogEnds } from './ends.js';
import { NoRoomError, StoreAheadError, WouldLoseError } from './errors.js';

export interface BuildOptions {
  dataDir: string;
  /** The store that is to be replaced. */
  file: string;
  logId: string;
  /** Where the logs end for now; null where no bus runs and the files themselves say it. */
  askEnds: () => Promise<LogEnds | null>;
  /** Events before this place may be lost where nothing holds them any more. */
  loseBefore: number;
  signal: AbortSignal;
  onProgress: (events: number) => void;
}

/** What the new store was made from. */
export interface Built {
  /** Rows read from the log. */
  events: number;
  dead_letters: number;
  /** Rows that only the old store had. */
  carried: { events: number; dead_letters: number };
  /** Positions given up, or gone before anybody asked. */
  lost: Array<{ log: string; from: number; to: number }>;
  /** Why the old store could not be read; null where it could, or there was none. */
  oldTrouble: string | null;
}

type LogName = keyof LogEnds;
const folders = { events: 'log', dead_letters: 'dead-letters' } as const;
/** So little is left to the collector without another round. */
const remainder_max = 2_000;
const rounds_max = 20;
/** Rows beside the text of their events: what the store takes per byte of log, with room to spare. */
const storeBytesPerLogByte = 1.1;
const marginBytes = 64 * 1024 * 1024;

/**
 * Makes the new store beside the old one, up to the log's end, in rounds: each ends where the log stood when it
 * began, so that the last one is short. Throws `WouldLoseError` rather than leave out what only a store could give, and
 * `StoreAheadError` where the log ends before what the old store has.
 */
export async function build(options: BuildOptions): Promise<Built> {
  checkRoom(options);
  const work = new Build(options);
  try {
    return await work.run();
  } catch (error) {
    work.discard();
    throw error;
  } finally {
    work.close();
  }
}

class Build {
  readonly #o: BuildOptions;
  readonly #builder: StoreBuilder;
  readonly #old: OldStore | null = null;
  /** Where the old store stood before it was asked where the log ends. */
  readonly #oldCursors: LogEnds = { events: 1, dead_letters: 1 };
  readonly #built: Built = {
    events: 0,
    dead_letters: 0,
    carried: { events: 0, dead_letters: 0 },
    lost: [],
    oldTrouble: null,
  };

  constructor(options: BuildOptions) {
    this.#o = options;
    const { file, logId } = options;
    if (existsSync(file) && statSync(file).size > 0) {
      try {
        this.#old = new OldStore(file);
        for (const log of ['events', 'dead_letters'] as const) this.#oldCursors[log] = this.#old.cursor(log);
      } catch (error) {
        this.#built.oldTrouble = describeError(error);
      }
      const found = this.#old?.logId ?? logId;
      if (found !== logId) throw new ForeignLogError(logId, found);
    }
    this.#builder = new StoreBuilder({ file, logId });
  }

  async run(): Promise<Built> {
    for (let round = 1; ; round += 1) {
      const ends = await this.#o.askEnds();
      const before = this.#builder.store.cursor('events');
      for (const log of ['events', 'dead_letters'] as const) await this.#read(log, ends?.[log] ?? null);
      const isClose = this.#builder.store.cursor('events') - before < remainder_max;
      if (ends === null || isClose || round === rounds_max) break;
    }
    this.#carryRest();
    this.#builder.finish();
    return this.#built;
  }

  /** What is in no row: what became of dead letters, and how lives began whose first events are gone. */
  #carryRest(): void {
    if (this.#old === null || this.#built.oldTrouble !== null) return;
    try {
      this.#builder.carryStatuses(this.#old);
      this.#builder.carryLives(this.#old);
    } catch (error) {
      // They are worth telling, and not worth doing without a store.
      this.#built.oldTrouble = describeError(error);
    }
  }

  discard(): void {
    this.#builder.discard();
  }

  close(): void {
    this.#old?.close();
  }

  async #read(log: LogName, end: number | null): Promise<void> {
    const { store } = this.#builder;
    const dir = join(this.#o.dataDir, folders[log]);
    const inspector = new LogInspector({ dir, from: store.cursor(log), sync: end === null });
    for (const page of inspector.pages()) {
      for (const { from, to, records } of stretchesOf(page, end ?? Number.MAX_SAFE_INTEGER)) {
        this.#fill(log, { to: from, logFirst: inspector.report.first });
        if (to > store.cursor(log)) this.#apply(log, from, to, records);
      }
      this.#o.onProgress(this.#built.events + this.#built.carried.events);
      await nextTurn();
      this.#o.signal.throwIfAborted();
    }
    const to = end ?? inspector.report.next;
    if (this.#oldCursors[log] > to) throw new StoreAheadError(log, this.#oldCursors[log], to);
    this.#fill(log, { to, logFirst: inspector.report.first });
  }

  #apply(log: LogName, from: number, to: number, records: readonly LogRecord[]): void {
    const before = <Item extends { seq: number }>(items: Item[]) => items.filter(({ seq }) => seq < to);
    const cursor = this.#builder.store.cursor(log);
    if (log === 'events') {
      this.#builder.applyEvents({ from, next: to, items: before(eventsOfRecords(records)) });
    } else {
      this.#builder.applyDeadLetters({ from, next: to, items: before(deadLettersOfRecords(records)) });
    }
    this.#built[log] += to - cursor;
  }

  /** Brings the new store up to a place from where the log can be read, with what the old store has. */
  #fill(log: LogName, { to, logFirst }: { to: number; logFirst: number }): void {
    const { store } = this.#builder;
    for (let from = store.cursor(log); from < to; from = store.cursor(log)) {
      // Only what is before the log's first segment may have gone by retention: what is not there behind it is damage.
      if (from === 1 && logFirst > 1 && !existsSync(this.#o.file)) {
        this.#pass({ log, from, to: Math.min(logFirst, to) }, 'removed by retention');
        continue;
      }
      const { why, ...end } = this.#carry(log, to);
      const left = { log, from: store.cursor(log), to: end.to };
      if (left.from >= left.to) return;
      if (left.to > this.#o.loseBefore) throw new WouldLoseError({ ...left, why });
      this.#pass(left, 'given up by bitten rebuild');
    }
  }

  #pass(lost: { log: LogName; from: number; to: number }, why: string): void {
    this.#builder.store.skip(lost.log, { to: lost.to, why });
    this.#built.lost.push(lost);
  }

  /** Carries what there is up to `to`; says how far it cannot give what comes then, and why. */
  #carry(log: LogName, to: number): { to: number; why: string } {
    if (this.#built.oldTrouble === null) {
      if (this.#old === null) return { to, why: 'there is no old store' };
      const { store, rows } = this.#builder;
      const before = rows[log];
      try {
        const upTo = Math.min(to, this.#old.cursor(log));
        this.#builder.carry(this.#old, log, upTo);
        const from = store.cursor(log);
        if (from >= upTo) return { to, why: 'the old store had not come so far' };
        const end = this.#old.endOfHole(log, { from, to: upTo });
        return { to: end, why: 'the old store has lost them (bitten verify --store names all it has lost)' };
      } catch (error) {
        this.#built.oldTrouble = describeError(error);
      } finally {
        this.#built.carried[log] += rows[log] - before;
      }
    }
    return { to, why: `the old store cannot be read: ${this.#built.oldTrouble}` };
  }
}

/** Half of a store is of no use: better to know beforehand. */
function checkRoom({ dataDir, file }: BuildOptions): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  const log = join(dataDir, folders.events);
  const bytes = readdirSync(log)
    .filter((name) => name.endsWith('.seg'))
    .reduce((sum, name) => sum + (statSync(join(log, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  const old = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const needed = Math.max(old, bytes * storeBytesPerLogByte) + marginBytes;
  if (bavail * bsize < needed) throw new NoRoomError(dirname(file), bavail * bsize, needed);
}
