import type { Database, Statement } from 'better-sqlite3';
import { sqlOfAppendedAt } from './appended-at.js';
import { sqlOfData } from './shorthand-sql.js';
import type { EventQuery, StoredEvent } from './types.js';

/**
 * From this many rows of one source on, the newest of them are looked for along the time, where they must be
 * near; below it, all of them are taken and sorted.
 */
const commonSource_rows = 20_000;

/** By indexes alone: the correlation, the ids in the special rows, and the events that lives point to. */
const sqlOfAbout = `WITH
  signal(no, id) AS (
    SELECT no, signal_id FROM signal_lives WHERE signal_id = :id
    UNION SELECT s.no, s.signal_id FROM fire_lives f JOIN signal_lives s ON s.no = f.signal_no WHERE f.fire_id = :id
  ),
  fire(no, id) AS (
    SELECT no, fire_id FROM fire_lives WHERE fire_id = :id
    UNION SELECT no, fire_id FROM fire_lives
      WHERE signal_no IN (SELECT no FROM signal_lives WHERE signal_id = :id)
  ),
  place(seq) AS (
    SELECT seq FROM event_rows WHERE correlation_id = :id
    UNION SELECT event_id FROM signal_rows WHERE signal_id IN (SELECT id FROM signal)
    UNION SELECT event_id FROM trade_rows WHERE fire_id IN (SELECT id FROM fire)
    UNION SELECT generated_seq FROM signal_lives WHERE no IN (SELECT no FROM signal)
    UNION SELECT expired_seq FROM signal_lives WHERE no IN (SELECT no FROM signal)
    UNION SELECT outcome_seq FROM signal_lives WHERE no IN (SELECT no FROM signal)
    UNION SELECT confirmed_seq FROM fire_lives WHERE no IN (SELECT no FROM fire)
    UNION SELECT outcome_seq FROM fire_lives WHERE no IN (SELECT no FROM fire)
  )
  SELECT r.seq FROM place p JOIN event_rows r ON r.seq = p.seq ORDER BY r.timestamp, r.seq LIMIT :limit`;

/** What to look for, names resolved. */
interface Search {
  index: string;
  /** SQL conditions on `event_rows` with their values, in order. */
  where: string[];
  values: Array<string | number>;
}

interface Key {
  seq: number;
  timestamp: number;
}

type Row = Omit<StoredEvent, 'data' | 'extra'> & { data_json: string; extra_json: string | null };

/**
 * Finds events, newest first. A query is answered in two steps: which rows, from an index named explicitly so
 * that no planner can decide to read the whole table; then those rows.
 */
export class EventReader {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();
  readonly #rows: Statement;
  readonly #typeIds: Statement;
  readonly #ids: Record<'event_type' | 'source' | 'symbol', Statement>;
  readonly #sourceRows: Statement;
  readonly #about: Statement;
  readonly #bounds: readonly Statement[];
  readonly #seqFrom: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#rows = db.prepare(`SELECT r.seq AS id, t.name AS event_type, r.timestamp AS timestamp,
        s.name AS source, r.correlation_id AS correlation_id, r.user_id AS user_id, r.session_id AS session_id,
        ${sqlOfData('r')} AS data_json, r.extra_json AS extra_json, ${sqlOfAppendedAt('r')} AS created_at
      FROM json_each(?) k JOIN event_rows r ON r.seq = k.value
      LEFT JOIN event_types t ON t.type_id = r.type_id LEFT JOIN sources s ON s.source_id = r.source_id
      ORDER BY k.key`);
    this.#typeIds = db.prepare('SELECT type_id FROM event_types WHERE row_count > 0').pluck();
    this.#ids = {
      event_type: db.prepare('SELECT type_id FROM event_types WHERE name = ?').pluck(),
      source: db.prepare('SELECT source_id FROM sources WHERE name = ?').pluck(),
      symbol: db.prepare('SELECT symbol_id FROM symbols WHERE name = ?').pluck(),
    };
    this.#sourceRows = db
      .prepare(
        `SELECT COUNT(*) FROM (SELECT 1 FROM event_rows INDEXED BY event_rows_source
         WHERE source_id = ? LIMIT ${commonSource_rows})`,
      )
      .pluck();
    this.#about = db.prepare(sqlOfAbout).pluck();
    this.#bounds = ['', 'DESC'].map((order) =>
      db.prepare(`SELECT timestamp FROM event_rows ORDER BY timestamp ${order} LIMIT 1`).pluck(),
    );
    this.#seqFrom = db
      .prepare('SELECT seq FROM event_rows WHERE timestamp >= ? ORDER BY timestamp, seq LIMIT 1')
      .pluck();
  }

  /** Both steps see the same state of the database, also while a writer writes. */
  query(query: EventQuery, limit: number): StoredEvent[] {
    return this.#db.transaction(() => {
      return this.bySeqs(this.#keys(query, limit).map((key) => key.seq));
    })();
  }

  /** The events at these places, in the order given; those that are not stored are left out. */
  bySeqs(seqs: readonly number[]): StoredEvent[] {
    return (this.#rows.all(JSON.stringify(seqs)) as Row[]).map(storedEvent);
  }

  /** Everything with this correlation, and about the signal or fire of this id; the oldest first by their own time. */
  about(id: string, limit: number): StoredEvent[] {
    return this.#db.transaction(() => this.bySeqs(this.#about.all({ id, limit }) as number[]))();
  }

  /** Unix seconds of the first and the last event, by their own time; null where there is none. */
  history(): { from: number; to: number } | null {
    const [from, to] = this.#bounds.map((bound) => bound.get() as number | undefined);
    return from === undefined || to === undefined ? null : { from, to };
  }

  /** The place of the first event that says of itself it happened then or later; null where there is none. */
  seqFrom(time: number): number | null {
    return (this.#seqFrom.get(time) as number | undefined) ?? null;
  }

  #keys(query: EventQuery, limit: number): Key[] {
    const ids: { [Name in 'event_type' | 'source' | 'symbol']?: number } = {};
    for (const name of ['event_type', 'source', 'symbol'] as const) {
      if (query[name] === undefined) continue;
      const id = this.#ids[name].get(query[name]) as number | undefined;
      if (id === undefined) return [];
      ids[name] = id;
    }
    if (ids.symbol !== undefined && ids.event_type === undefined) {
      // The index begins with the type: the newest of every type, merged, instead of sorting them all.
      const keys = (this.#typeIds.all() as number[]).flatMap((type) =>
        this.#search(this.#plan(query, { ...ids, event_type: type }), limit),
      );
      return keys.sort((a, b) => b.timestamp - a.timestamp || b.seq - a.seq).slice(0, limit);
    }
    return this.#search(this.#plan(query, ids), limit);
  }

  #plan(query: EventQuery, ids: { event_type?: number; source?: number; symbol?: number }): Search {
    const search: Search = { index: this.#index(query, ids), where: [], values: [] };
    const add = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      search.where.push(condition);
      search.values.push(value);
    };
    add('type_id = ?', ids.event_type);
    add('symbol_id = ?', ids.symbol);
    add('source_id = ?', ids.source);
    add('user_id = ?', query.user_id);
    add('correlation_id = ?', query.correlation_id);
    add('timestamp >= ?', query.start_time);
    add('timestamp <= ?', query.end_time);
    return search;
  }

  #index(query: EventQuery, ids: { event_type?: number; source?: number; symbol?: number }): string {
    if (query.correlation_id !== undefined) return 'event_rows_correlation';
    if (query.user_id !== undefined) return 'event_rows_user';
    if (ids.symbol !== undefined) return 'event_rows_symbol';
    if (ids.event_type !== undefined) return 'event_rows_type';
    if (ids.source === undefined) return 'event_rows_timestamp';
    const rows = this.#sourceRows.get(ids.source) as number;
    return rows < commonSource_rows ? 'event_rows_source' : 'event_rows_timestamp';
  }

  #search({ index, where, values }: Search, limit: number): Key[] {
    const conditions = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
    const sql = `SELECT seq, timestamp FROM event_rows INDEXED BY ${index} ${conditions}
      ORDER BY timestamp DESC, seq DESC LIMIT ?`;
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement.all(...values, limit) as Key[];
  }
}

function storedEvent({ data_json, extra_json, created_at, ...envelope }: Row): StoredEvent {
  const data = JSON.parse(data_json) as Record<string, unknown>;
  const event: StoredEvent = { ...envelope, data, created_at };
  if (extra_json !== null) event.extra = JSON.parse(extra_json) as Record<string, unknown>;
  return event;
}
