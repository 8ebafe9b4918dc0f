import type { Issue } from '@bitten/schema';
import type { Database, Statement } from 'better-sqlite3';
import { number, text } from './columns.js';
import { isContentError } from './sqlite-errors.js';
import type { DeadLetter, DeadLetterQuery, DeadLetterResolution, StoredDeadLetter } from './types.js';

/** Writes dead letters as rows, within the caller's transaction; the row's id is the place in their log. */
export class DeadLetterWriter {
  readonly #insert: Statement;

  constructor(db: Database) {
    this.#insert = db.prepare(`INSERT INTO dead_letters
      (id, received_at, door, producer, producer_seq, event_type, source, payload, encoding, issues_json)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  }

  /** False where the database refused it for its content. */
  write(letter: DeadLetter & { seq: number; appendedAt: number }): boolean {
    try {
      this.#insert.run(
        letter.seq,
        number(letter.received_at) ?? letter.appendedAt,
        letter.door,
        text(letter.producer),
        number(letter.producer_seq),
        text(letter.event_type),
        text(letter.source),
        letter.payload,
        letter.encoding,
        JSON.stringify(letter.issues),
      );
      return true;
    } catch (error) {
      if (isContentError(error)) return false;
      throw error;
    }
  }
}

type Row = Omit<StoredDeadLetter, 'issues'> & { issues_json: string };

/** Reads dead letters, newest first, and what was said of one. */
export class DeadLetterReader {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  resolutions(place: number): DeadLetterResolution[] {
    const statement = this.#db.prepare(`SELECT event_id, action, seq, reason, "by", created_at
      FROM dead_letter_resolutions WHERE dead_letter = ? ORDER BY event_id`);
    return statement.all(place) as DeadLetterResolution[];
  }

  /** By the index of the status alone. */
  counts(): Record<string, number> {
    const statement = this.#db.prepare('SELECT status, count(*) FROM dead_letters GROUP BY status').raw();
    return Object.fromEntries(statement.all() as Array<[string, number]>);
  }

  select(query: DeadLetterQuery): StoredDeadLetter[] {
    const { ids, statuses, event_types, sources, since, before, limit, payload_length_max } = query;
    const conditions: string[] = [];
    const values: unknown[] = [];
    const among = (column: string, allowed: readonly unknown[] | undefined) => {
      if (allowed === undefined) return;
      // As one value, so that any number of them fits.
      conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(allowed));
    };
    among('id', ids);
    among('status', statuses);
    among('event_type', event_types);
    among('source', sources);
    if (since !== undefined) {
      conditions.push('received_at >= ?');
      values.push(since);
    }
    if (before !== undefined) {
      conditions.push('id < ?');
      values.push(before);
    }
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const payload = payload_length_max === undefined ? 'payload' : 'substr(payload, 1, ?) AS payload';
    if (payload_length_max !== undefined) values.unshift(payload_length_max);
    const statement =
      this.#db.prepare(`SELECT id, received_at, door, producer, producer_seq, event_type, source,
      ${payload}, encoding, issues_json, status FROM dead_letters ${where} ORDER BY id DESC LIMIT ?`);
    return (statement.all(...values, limit ?? -1) as Row[]).map(({ issues_json, status, ...letter }) => ({
      ...letter,
      issues: JSON.parse(issues_json) as Issue[],
      status,
    }));
  }
}
