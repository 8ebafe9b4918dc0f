import { existsSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import Database from 'better-sqlite3';
import { compareRows, hexadecimal, type RowsOfRange } from './compare-rows.js';
import { MissingStoreError } from './errors.js';
import { addFinding, type RangeSum, type StoreFinding, type StoreReport } from './inspection.js';
import { checkLives, checkResolutions } from './lives/life-checks.js';
import { outside, type Places } from './places.js';
import { checkRollups } from './rollups/rollup-checks.js';
import { lineOfDeadLetter, lineOfEvent, SpecialLines } from './row-lines.js';
import { RowScan, type ScannedTable } from './row-scan.js';
import { specialTables } from './special-rows.js';
import { checkCounts, checkFile, checkSchema, checkVersion } from './store-checks.js';
import { type FollowedLog, StoreInfo } from './store-info.js';
import type { DeadLetter, LoggedEvent, StoreGap } from './types.js';

/** A stretch of a log that was read, and what is there. */
interface Stretch<Item> {
  from: number;
  to: number;
  items: readonly Item[];
}

/**
 * Reads a store without opening it as one, also while the collector writes it, and says what is wrong with it: by
 * itself, and against its log.
 *
 * **Ordering.** Each range is read in a transaction of its own: rows before the cursor do not change, and a long
 * read would keep the write-ahead log from being emptied.
 *
 * **Failure.** Nothing is written. What SQLite refuses to read becomes a finding, and what can still be read is.
 */
export class StoreInspector {
  readonly report: StoreReport;
  readonly #db: Database.Database;
  readonly #special = new SpecialLines();
  #info: StoreInfo | null = null;
  #scan: RowScan | null = null;
  #crc = 0;
  /** What was held against the log: there, a row that is not there has been named. */
  readonly #compared: Record<FollowedLog, Places[]> = { events: [], dead_letters: [] };

  /** Throws `MissingStoreError`, and SQLite's own error where not even opening works. */
  constructor(file: string) {
    if (!existsSync(file)) throw new MissingStoreError(file);
    this.report = {
      file,
      log_id: null,
      cursors: null,
      rows: null,
      compared: 0,
      crc: null,
      older: { events: 0, dead_letters: 0 },
      gaps: [],
      findings: [],
      more_findings: 0,
    };
    this.#db = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
    this.#readable(() => {
      const info = new StoreInfo(this.#db);
      this.report.log_id = info.logId();
      this.report.cursors = { events: info.cursor('events'), dead_letters: info.cursor('dead_letters') };
      this.report.gaps = info.gaps().map(plainGap);
      this.#info = info;
      this.#scan = new RowScan(this.#db);
    });
  }

  /** How far the store claimed to be when the look began; 1 where that cannot be read. */
  cursor(log: FollowedLog): number {
    return this.report.cursors?.[log] ?? 1;
  }

  /** Looks at the file by itself. This takes the longest: SQLite reads every page. */
  checkFile(): void {
    this.#readable(() => {
      const version = checkVersion(this.#db);
      for (const finding of version) this.#find(finding);
      // A file of another program, or of another version, is whatever it is.
      if (version.length > 0) return;
      for (const finding of checkSchema(this.#db)) this.#find(finding);
    });
    this.#readable(() => {
      for (const finding of checkFile(this.#db)) this.#find(finding);
    });
    if (this.#scan === null) return;
    this.#readable(() => {
      const findings = this.#db.transaction(() => checkCounts(this.#db))();
      for (const finding of findings) this.#find(finding);
    });
  }

  /** False where comparing rows makes no sense: nothing can be read, or it is a projection of another log. */
  checkIdentity(logId: string | null): boolean {
    if (this.#scan === null) return false;
    const { log_id } = this.report;
    if (log_id === null || logId === null || log_id === logId) return true;
    this.#add('foreign', `a projection of log ${log_id}`, `one of log ${logId}, which is beside it`);
    return false;
  }

  /** A store that is further than its log shows what the log has lost, whatever the log looks like. */
  checkPosition(log: FollowedLog, end: number): void {
    const cursor = this.cursor(log);
    if (cursor <= end) return;
    const found = `${log} stored up to ${cursor - 1}`;
    this.#add('position', found, `at most ${end - 1}: the log ends there and has lost what was stored`);
  }

  /** Compares a stretch of the log with the rows of it and their special rows. */
  compareEvents({ from, to, items }: Stretch<LoggedEvent>): RangeSum | null {
    const expected = new Map<ScannedTable, Map<number, string>>([['event_rows', new Map()]]);
    for (const table of specialTables) expected.set(table, new Map());
    for (const item of items) {
      // Read once: `event` may be parsed only now, so that it dies young.
      const { seq, appendedAt, text, event } = item;
      const parsed = { seq, appendedAt, text, event };
      expected.get('event_rows')!.set(seq, lineOfEvent(parsed));
      const special = this.#special.of(parsed);
      if (special !== null) expected.get(special.table)!.set(seq, special.line);
    }
    return this.#compare('events', { from, to, expected });
  }

  compareDeadLetters({ from, to, items }: Stretch<DeadLetter & { seq: number; appendedAt: number }>) {
    const lines = new Map(items.map((letter) => [letter.seq, lineOfDeadLetter(letter)]));
    return this.#compare('dead_letters', { from, to, expected: new Map([['dead_letters', lines]]) });
  }

  /**
   * Looks for rows that are not there where the log said nothing, and for some at places that nobody has applied yet;
   * counts those that are older than the log.
   */
  finish(firsts: Record<FollowedLog, number>): StoreReport {
    this.#readable(() => {
      for (const log of ['events', 'dead_letters'] as const) {
        this.report.older[log] = this.#scan?.count(log, 0, firsts[log]) ?? 0;
        this.#db.transaction(() => this.#findHoles(log))();
      }
      this.#db.transaction(() => this.#countRows())();
    });
    this.#checkLives();
    this.report.crc = this.report.compared === 0 ? null : hexadecimal(this.#crc);
    return this.report;
  }

  close(): void {
    this.#db.close();
  }

  /** Rows that are damaged tell other lives, or none: naming these as well would help nobody. */
  #checkLives(): void {
    if (this.#scan === null || this.report.findings.length > 0) return;
    this.#readable(() => {
      const findings = this.#db.transaction(() => [
        ...checkLives(this.#db),
        ...checkResolutions(this.#db),
        ...checkRollups(this.#db),
      ])();
      for (const { kind, found, expected } of findings) this.#add(kind, found, expected);
    });
  }

  /** Each place before the cursor has a row, or is in `gaps`: the only witness where the log has nothing to say. */
  #findHoles(log: FollowedLog): void {
    if (this.#scan === null || this.#info === null) return;
    const gaps = this.#info.gaps().filter((gap) => gap.log === log);
    const table = log === 'events' ? 'event_rows' : 'dead_letters';
    const expected = 'a row, or a gap that says why there is none: the log does not hold the event';
    const stretches = outside({ from: 1, to: this.cursor(log) }, [...this.#compared[log], ...gaps]);
    for (const { from, to } of stretches) {
      if (this.#scan.count(log, from, to) === to - from) continue;
      for (const hole of this.#scan.holes(log, from, to))
        this.#find({ kind: 'missing', table, ...hole, found: 'no row', expected });
    }
  }

  #countRows(): void {
    if (this.#scan === null || this.#info === null) return;
    const counted = { events: 0, dead_letters: 0 };
    for (const [log, table] of [
      ['events', 'event_rows'],
      ['dead_letters', 'dead_letters'],
    ] as const) {
      const cursor = this.#info.cursor(log);
      counted[log] = this.#scan.count(log, 0, Number.MAX_SAFE_INTEGER);
      const [beyond] = this.#scan.rows(table, cursor, Number.MAX_SAFE_INTEGER, 1);
      if (beyond === undefined) continue;
      const from = beyond[0] as number;
      const finding = { kind: 'extra', table, from, to: from + 1, found: 'a row' } as const;
      this.#find({ ...finding, expected: `none from ${cursor} on: the store has not come so far` });
    }
    this.report.rows = counted;
  }

  #compare(
    log: FollowedLog,
    range: { from: number; to: number; expected: Map<ScannedTable, Map<number, string>> },
  ): RangeSum | null {
    const { from, to, expected } = range;
    addPlaces(this.#compared[log], { from, to });
    let sum: RangeSum | null = null;
    let gaps: StoreGap[] | undefined;
    // Asked of the database, not of what was noted at the beginning: retention may have come further meanwhile.
    const excused = (seq: number) => {
      gaps ??= this.#info!.gaps().filter((gap) => gap.log === log);
      return gaps.some((gap) => gap.from <= seq && seq < gap.to);
    };
    this.#readable(() => {
      this.#db.transaction(() => {
        for (const [table, lines] of expected) {
          const rows: RowsOfRange = { table, from, to, expected: lines };
          const compared = compareRows(this.#scan!, rows, { report: this.report, excused });
          this.#crc = crc32(hexadecimal(compared.crc), this.#crc);
          sum ??= { log, from, to, ...compared.sum };
        }
      })();
    });
    return sum;
  }

  #readable(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      this.#add('file', `${error.code}: ${error.message}`, 'a database that can be read');
    }
  }

  #add(kind: StoreFinding['kind'], found: string, expected: string): void {
    this.#find({ kind, table: null, from: null, to: null, found, expected });
  }

  #find(finding: StoreFinding): void {
    addFinding(this.report, finding);
  }
}

/** Pages follow each other: a long log must not become a long list. */
function addPlaces(list: Places[], places: Places): void {
  const last = list.at(-1);
  if (last?.to === places.from) last.to = places.to;
  else list.push(places);
}

function plainGap({ log, from, to, why }: StoreGap) {
  return { log, from, to, why };
}
