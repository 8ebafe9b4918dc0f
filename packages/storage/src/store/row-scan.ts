import type { Database, Statement } from 'better-sqlite3';
import { sqlOfAppendedAt } from './appended-at.js';
import { outside, type Places } from './places.js';
import { deadLetterColumns } from './row-lines.js';
import { sqlOfData } from './shorthand-sql.js';
import { type SpecialTable, specialTables } from './special-rows.js';

/** Tables whose rows stand in the order of a log. */
export type ScannedTable = 'event_rows' | 'dead_letters' | SpecialTable;

type Values = unknown[];

/** So many places are listed at once. */
const listed_max = 100_000;

const sqlOfEvents = `SELECT r.seq, t.name, r.timestamp, s.name, r.correlation_id, r.user_id, r.session_id, y.name,
    ${sqlOfData('r')}, r.extra_json, ${sqlOfAppendedAt('r')}
  FROM event_rows r
  LEFT JOIN event_types t ON t.type_id = r.type_id
  LEFT JOIN sources s ON s.source_id = r.source_id
  LEFT JOIN symbols y ON y.symbol_id = r.symbol_id
  WHERE r.seq >= ? AND r.seq < ? ORDER BY r.seq LIMIT ?`;

/** Reads rows in the order of their log, as values in the order of `eventColumns` and the like. */
export class RowScan {
  /** Null for a table that a store of an older version has not. */
  readonly #statements: Record<ScannedTable, Statement | null>;
  readonly #bounds: Record<'events' | 'dead_letters', Statement>;
  readonly #places: Record<'events' | 'dead_letters', Statement>;

  constructor(db: Database) {
    const special = (table: SpecialTable): [SpecialTable, Statement | null] => [
      table,
      hasTable(db, table)
        ? db
            .prepare(`SELECT * FROM ${table} WHERE event_id >= ? AND event_id < ? ORDER BY event_id LIMIT ?`)
            .raw()
        : null,
    ];
    this.#statements = {
      event_rows: db.prepare(sqlOfEvents).raw(),
      dead_letters: db
        .prepare(
          `SELECT ${deadLetterColumns.join(', ')} FROM dead_letters WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`,
        )
        .raw(),
      ...(Object.fromEntries(specialTables.map(special)) as Record<SpecialTable, Statement | null>),
    };
    this.#bounds = {
      events: db.prepare('SELECT COUNT(*) FROM event_rows WHERE seq >= ? AND seq < ?').pluck(),
      dead_letters: db.prepare('SELECT COUNT(*) FROM dead_letters WHERE id >= ? AND id < ?').pluck(),
    };
    this.#places = {
      events: db
        .prepare('SELECT seq FROM event_rows WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?')
        .pluck(),
      dead_letters: db
        .prepare('SELECT id FROM dead_letters WHERE id >= ? AND id < ? ORDER BY id LIMIT ?')
        .pluck(),
    };
  }

  /** Rows of the places `from` up to, not including, `to`; at most `limit` of them. */
  rows(table: ScannedTable, from: number, to: number, limit = -1): Values[] {
    return (this.#statements[table]?.all(from, to, limit) ?? []) as Values[];
  }

  count(log: 'events' | 'dead_letters', from: number, to: number): number {
    return this.#bounds[log].get(from, to) as number;
  }

  /** The places without a row. */
  *holes(log: 'events' | 'dead_letters', from: number, to: number): Generator<Places> {
    for (let next = from; next < to; ) {
      const seqs = this.#places[log].all(next, to, listed_max) as number[];
      const end = seqs.length < listed_max ? to : seqs.at(-1)! + 1;
      const rows = seqs.map((seq) => ({ from: seq, to: seq + 1 }));
      yield* outside({ from: next, to: end }, rows);
      next = end;
    }
  }
}

function hasTable(db: Database, table: string): boolean {
  const find = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  return find.get(table) !== undefined;
}
