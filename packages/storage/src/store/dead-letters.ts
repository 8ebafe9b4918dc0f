import type { Issue } from '@bitten/schema';
import type { Database, Statement } from 'better-sqlite3';
import { number, text } from './columns.js';
import { isContentError } from './sqlite-errors.js';
import type { DeadLetter, StoredDeadLetter } from './types.js';

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

/** Reads dead letters, newest first. */
export class DeadLetterReader {
  readonly #newest: Statement;

  constructor(db: Database) {
    this.#newest = db.prepare(`SELECT id, received_at, door, producer, producer_seq, event_type, source,
      payload, encoding, issues_json, status FROM dead_letters ORDER BY id DESC LIMIT ?`);
  }

  newest(limit: number): StoredDeadLetter[] {
    return (this.#newest.all(limit) as Row[]).map(({ issues_json, status, ...letter }) => ({
      ...letter,
      issues: JSON.parse(issues_json) as Issue[],
      status,
    }));
  }
}
