import type { Database, Statement } from 'better-sqlite3';
import type { EventReader } from '../event-reader.js';
import { sqlOfData } from '../shorthand-sql.js';
import { limitOf } from '../spans.js';
import {
  compareNewest,
  type EventPage,
  type EventPlace,
  type EventSearch,
  likePattern,
  scan_ms_max,
  scanMax_default,
} from './search.js';

type Value = string | number;

/** One walk along an index: which, from which values of its first columns. */
interface Walk {
  index: string;
  where: string[];
  values: Value[];
}

/** What every walk holds its rows against. */
interface Filter {
  /** An SQL expression on `r`; null where everything passes. */
  sql: string | null;
  values: Value[];
}

/** What one walk has found. */
interface Found {
  keys: EventPlace[];
  /** Everything before this place has been looked at; null where nothing is left. */
  upTo: EventPlace | null;
  isScanLimit: boolean;
}

/** So many values of one field may be walked along one by one; beyond that they are a filter along the time. */
const walks_max = 40;
const batch_rows = 250;

/**
 * Looks for events, newest first, a page at a time. It walks along the index that says most, one walk for each value,
 * and holds what it meets against the rest. Where little passes, it stops after so many rows and says how far it came:
 * a page never takes long, however much is stored.
 */
export class EventSearcher {
  readonly #db: Database;
  readonly #reader: EventReader;
  readonly #statements = new Map<string, Statement>();

  constructor(db: Database, reader: EventReader) {
    this.#db = db;
    this.#reader = reader;
  }

  search(search: EventSearch): EventPage {
    const limit = limitOf(search.limit);
    return this.#db.transaction((): EventPage => {
      const ids = this.#ids(search);
      if (ids === null || limit === 0) return { events: [], next: null, searched_to: null };
      const walks = walksOf(search, ids);
      const filter = filterOf(search, ids);
      const scan_max = Math.max(batch_rows, Math.floor((search.scan_max ?? scanMax_default) / walks.length));
      // Who says how many rows means so many; else the page has to be there in time.
      const scan_ms = search.scan_max === undefined ? scan_ms_max / walks.length : Number.POSITIVE_INFINITY;
      const found = walks.map((walk) => this.#walk(walk, { search, filter, limit, scan_max, scan_ms }));
      const { keys, next, searched_to } = merge(found, limit);
      return { events: this.#reader.bySeqs(keys.map(({ seq }) => seq)), next, searched_to };
    })();
  }

  /** Names as the ids that rows carry; null where one of the fields names nothing that is stored. */
  #ids({ types, symbols, sources }: EventSearch): Ids | null {
    const lists = {
      types: this.#idsOf(
        'SELECT type_id FROM event_types WHERE name IN (SELECT value FROM json_each(?))',
        types,
      ),
      symbols: this.#idsOf(
        'SELECT symbol_id FROM symbols WHERE name IN (SELECT value FROM json_each(?))',
        symbols,
      ),
      sources: this.#idsOf(
        'SELECT source_id FROM sources WHERE name IN (SELECT value FROM json_each(?))',
        sources,
      ),
    };
    if (Object.values(lists).some((list) => list?.length === 0)) return null;
    // The index of symbols begins with the type.
    const all = lists.symbols !== null && lists.types === null ? this.#idsOf(allTypes, []) : lists.types;
    return { ...lists, types: all };
  }

  #idsOf(sql: string, names: readonly string[] | undefined): number[] | null {
    if (names === undefined) return null;
    return this.#statement(sql).pluck().all(JSON.stringify(names)) as number[];
  }

  #walk(
    walk: Walk,
    {
      search,
      filter,
      limit,
      scan_max,
      scan_ms,
    }: { search: EventSearch; filter: Filter; limit: number; scan_max: number; scan_ms: number },
  ): Found {
    const keys: EventPlace[] = [];
    const begun_ms = performance.now();
    let before = search.before ?? null;
    for (let looked = 0; ; ) {
      const size = filter.sql === null ? limit - keys.length : batch_rows;
      const rows = this.#batch(walk, { search, filter, before, size });
      for (const [seq, timestamp, passes] of rows) {
        before = { seq, timestamp };
        if (passes === 0) continue;
        keys.push({ seq, timestamp });
        if (keys.length === limit) return { keys, upTo: before, isScanLimit: false };
      }
      if (rows.length < size) return { keys, upTo: null, isScanLimit: false };
      looked += rows.length;
      if (looked >= scan_max || performance.now() - begun_ms >= scan_ms)
        return { keys, upTo: before, isScanLimit: true };
    }
  }

  #batch(
    { index, where, values }: Walk,
    {
      search,
      filter,
      before,
      size,
    }: {
      search: EventSearch;
      filter: Filter;
      before: EventPlace | null;
      size: number;
    },
  ): Array<[seq: number, timestamp: number, passes: number]> {
    const conditions = [...where];
    const bound: Value[] = [...filter.values, ...values];
    const add = (sql: string, ...given: Value[]) => {
      conditions.push(sql);
      bound.push(...given);
    };
    if (search.from !== undefined) add('r.timestamp >= ?', search.from);
    if (search.to !== undefined) add('r.timestamp <= ?', search.to);
    if (before !== null) {
      add(
        'r.timestamp <= ? AND (r.timestamp < ? OR r.seq < ?)',
        before.timestamp,
        before.timestamp,
        before.seq,
      );
    }
    const sql = `SELECT r.seq, r.timestamp, ${filter.sql ?? '1'} FROM event_rows r INDEXED BY ${index}
      ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
      ORDER BY r.timestamp DESC, r.seq DESC LIMIT ?`;
    return this.#statement(sql)
      .raw()
      .all(...bound, size) as Array<[number, number, number]>;
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      // Whoever asks in ever new ways must not fill the memory.
      if (this.#statements.size >= 200) this.#statements.clear();
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

const allTypes = 'SELECT type_id FROM event_types WHERE row_count > 0 AND ? IS NOT NULL';

interface Ids {
  types: number[] | null;
  symbols: number[] | null;
  sources: number[] | null;
}

/** The field whose index says most, and a walk for each of its values. */
function walksOf({ correlation, users }: EventSearch, { types, symbols }: Ids): Walk[] {
  if (correlation !== undefined) {
    return [{ index: 'event_rows_correlation', where: ['r.correlation_id = ?'], values: [correlation] }];
  }
  if (users !== undefined && users.length <= walks_max) {
    return users.map((user) => ({ index: 'event_rows_user', where: ['r.user_id = ?'], values: [user] }));
  }
  if (symbols !== null && types !== null && types.length * symbols.length <= walks_max) {
    const where = ['r.type_id = ?', 'r.symbol_id = ?'];
    return types.flatMap((type) =>
      symbols.map((symbol) => ({ index: 'event_rows_symbol', where, values: [type, symbol] })),
    );
  }
  if (types !== null && types.length <= walks_max) {
    return types.map((type) => ({ index: 'event_rows_type', where: ['r.type_id = ?'], values: [type] }));
  }
  return [{ index: 'event_rows_timestamp', where: [], values: [] }];
}

/** All conditions, those of the walk as well: to hold a row against them twice costs little. */
function filterOf({ correlation, users, text }: EventSearch, { types, symbols, sources }: Ids): Filter {
  const conditions: string[] = [];
  const values: Value[] = [];
  const oneOf = (column: string, list: readonly Value[] | null | undefined) => {
    if (list == null) return;
    conditions.push(`r.${column} IN (SELECT value FROM json_each(?))`);
    values.push(JSON.stringify(list));
  };
  const isWalked = correlation === undefined && sources === null && text === undefined;
  const plain = isWalked && (users === undefined || (types === null && symbols === null));
  if (plain && fitsWalk({ users, types, symbols })) return { sql: null, values: [] };
  oneOf('user_id', users);
  oneOf('type_id', types);
  oneOf('symbol_id', symbols);
  oneOf('source_id', sources);
  if (text !== undefined) {
    conditions.push(`${sqlOfData('r')} LIKE ? ESCAPE '\\'`);
    values.push(likePattern(text));
  }
  return conditions.length === 0
    ? { sql: null, values }
    : { sql: `ifnull(${conditions.join(' AND ')}, 0)`, values };
}

/** Whether the walks alone say everything. */
function fitsWalk({
  users,
  types,
  symbols,
}: Pick<Ids, 'types' | 'symbols'> & { users: readonly string[] | undefined }): boolean {
  if (users !== undefined) return users.length <= walks_max;
  if (symbols !== null && types !== null) return types.length * symbols.length <= walks_max;
  return types === null || types.length <= walks_max;
}

/**
 * Puts the walks together. A walk that stopped has not looked beyond its last place: what others have found beyond it
 * waits for the next page.
 */
function merge(found: readonly Found[], limit: number): Omit<EventPage, 'events'> & { keys: EventPlace[] } {
  const stops = found.flatMap(({ upTo }) => upTo ?? []).sort(compareNewest);
  const [horizon] = stops;
  const keys = found
    .flatMap((walk) => walk.keys)
    .filter((key) => horizon === undefined || compareNewest(key, horizon) <= 0)
    .sort(compareNewest);
  if (keys.length > limit) {
    const page = keys.slice(0, limit);
    return { keys: page, next: page.at(-1)!, searched_to: null };
  }
  const next = horizon ?? null;
  const hasScanned = next !== null && keys.length < limit && found.some(({ isScanLimit }) => isScanLimit);
  return { keys, next, searched_to: hasScanned ? next.timestamp : null };
}
