import type { Envelope } from '@bitten/schema';
import type { Database, Statement } from 'better-sqlite3';
import { encodeAppendedAt } from './appended-at.js';
import { nameOf, symbolOf, text, timestampOf } from './columns.js';
import { countFields, cutEventText, flatDataText } from './event-text.js';
import { lifeTypes } from './lives/life.js';
import { LifeBook } from './lives/life-book.js';
import { allTallies } from './lives/life-tally.js';
import { NameTable } from './names.js';
import { bucketOf, hour_s } from './rollups/buckets.js';
import { DeltaTable } from './rollups/delta-table.js';
import { ShapeBook } from './shape-book.js';
import { secondsText } from './shorthand.js';
import { type SpecialWriter, specialWriters } from './special-rows.js';
import { isContentError } from './sqlite-errors.js';
import type { LoggedEvent } from './types.js';

/** What one span adds to a type's row. */
interface Tally {
  id: number;
  special: SpecialWriter | undefined;
  /** Whether its events are part of a signal's or a fire's life. */
  hasLife: boolean;
  rows: number;
  timestampSum: number;
  /** The hour that was counted in last, and its count: most events are of the same one. */
  hour: number;
  inHour: Float64Array | null;
}

/** A flood of types must not fill the memory. */
const tallies_max = 2_000;

/**
 * Writes events as rows, within the caller's transaction. This is the hot path: statements are prepared once,
 * values are bound by position, and little is allocated for a row but the text it stores.
 */
export class EventWriter {
  readonly #insert: Statement;
  readonly #count: Statement;
  readonly #types: NameTable;
  readonly #sources: NameTable;
  readonly #symbols: NameTable;
  readonly #shapes: ShapeBook;
  readonly #specials: Map<string, SpecialWriter>;
  readonly #lives: LifeBook;
  readonly #hours: DeltaTable;
  readonly #tallies = new Map<string, Tally>();

  constructor(db: Database) {
    this.#insert = db.prepare(`INSERT INTO event_rows
      (seq, type_id, source_id, symbol_id, shape_id, timestamp, appended,
       correlation_id, user_id, session_id, data_short, extra_json)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#count = db.prepare(
      'UPDATE event_types SET row_count = row_count + ?, timestamp_sum = timestamp_sum + ? WHERE type_id = ?',
    );
    this.#types = new NameTable(db, { table: 'event_types', key: 'type_id' });
    this.#sources = new NameTable(db, { table: 'sources', key: 'source_id' });
    this.#symbols = new NameTable(db, { table: 'symbols', key: 'symbol_id' });
    this.#shapes = new ShapeBook(db);
    this.#specials = specialWriters((sql) => db.prepare<unknown[]>(sql));
    this.#lives = new LifeBook(db, allTallies(db));
    this.#hours = new DeltaTable(db, { table: 'event_hours', keys: ['hour', 'type_id'], sums: ['rows'] });
  }

  /**
   * Writes one event. False where the database refused it for its content. A special row that is refused
   * takes nothing away: the event's own row has all of it.
   */
  write(item: LoggedEvent): boolean {
    let isStored = false;
    try {
      // Read once: `event` may be parsed only now, so that it dies young.
      const { event } = item;
      const { event_type, data } = event;
      const tally = this.#tally(nameOf(event_type));
      const timestamp = this.#insertRow(item, event, tally.id);
      isStored = true;
      tally.rows++;
      tally.timestampSum += timestamp;
      this.#countHour(tally, timestamp);
      if (tally.hasLife) this.#lives.add(event, item.seq, timestamp);
      if (tally.special !== undefined && typeof data === 'object' && data !== null) {
        tally.special({ seq: item.seq, createdAt: item.appendedAt, timestamp }, data);
      }
    } catch (error) {
      if (!isContentError(error)) throw error;
    }
    return isStored;
  }

  /** Adds the counts of what was written since the last call to the types' rows, and writes the lives. */
  settle(): void {
    this.#lives.settle();
    this.#hours.settle();
    for (const tally of this.#tallies.values()) {
      if (tally.rows === 0) continue;
      this.#count.run(tally.rows, tally.timestampSum, tally.id);
      tally.rows = 0;
      tally.timestampSum = 0;
      tally.inHour = null;
    }
    if (this.#tallies.size > tallies_max) this.#tallies.clear();
  }

  /** Forgets what was learned within a transaction that was undone. */
  forget(): void {
    this.#tallies.clear();
    this.#types.forget();
    this.#sources.forget();
    this.#symbols.forget();
    this.#shapes.reload();
    this.#lives.forget();
    this.#hours.forget();
  }

  /** Inserts the event's row and returns its timestamp. Each field is read once: their layouts differ by type. */
  #insertRow(item: LoggedEvent, event: Envelope, typeId: number): number {
    const { seq, appendedAt } = item;
    const { data, source, event_type, correlation_id, user_id, session_id } = event;
    const timestamp = timestampOf(event.timestamp, appendedAt);
    let columns = event_type === undefined || event.timestamp === undefined ? 0 : 2;
    if (source !== undefined) columns++;
    if (data !== undefined) columns++;
    if (correlation_id !== undefined) columns++;
    if (user_id !== undefined) columns++;
    if (session_id !== undefined) columns++;
    // More fields than columns: some have to be kept as extras, and only the closer look finds them.
    const flat = countFields(event) === columns ? flatDataText(item.text) : null;
    const cut = flat === null ? cutEventText(item.text, event) : null;
    const symbol = symbolOf(data);
    const correlationId = text(correlation_id);
    const seconds = secondsText(timestamp);
    const short = this.#shapes.shorten(typeId, flat ?? cut!.data, { correlationId, symbol, seconds });
    this.#insert.run(
      seq,
      typeId,
      this.#sources.id(nameOf(source)),
      symbol === null ? null : this.#symbols.id(symbol),
      this.#shapes.lastId,
      timestamp,
      encodeAppendedAt(timestamp, appendedAt),
      correlationId,
      text(user_id),
      text(session_id),
      short,
      cut === null ? null : cut.extra,
    );
    return timestamp;
  }

  #countHour(tally: Tally, timestamp: number): void {
    const hour = bucketOf(timestamp, hour_s);
    if (hour === null) return;
    if (tally.inHour === null || tally.hour !== hour) {
      tally.inHour = this.#hours.of(hour, tally.id);
      tally.hour = hour;
    }
    tally.inHour[0]! += 1;
  }

  #tally(name: string): Tally {
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      tally = {
        id: this.#types.id(name),
        special: this.#specials.get(name),
        hasLife: lifeTypes.includes(name),
        rows: 0,
        timestampSum: 0,
        hour: 0,
        inHour: null,
      };
      this.#tallies.set(name, tally);
    }
    return tally;
  }
}
