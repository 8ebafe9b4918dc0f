import { nameOf, number, symbolOf, text, timestampOf } from './columns.js';
import { cutEventText } from './event-text.js';
import { type SpecialTable, specialWriters } from './special-rows.js';
import type { DeadLetter, LoggedEvent } from './types.js';

/** Between the values of a line: JSON text cannot hold it, and a name that does only makes lines harder to read. */
const separator = '\u001f';
const absent = '\u0000';

/** The columns of a line of events, in order. */
export const eventColumns = [
  'seq',
  'event_type',
  'timestamp',
  'source',
  'correlation_id',
  'user_id',
  'session_id',
  'symbol',
  'data_json',
  'extra_json',
  'created_at',
] as const;

export const deadLetterColumns = [
  'id',
  'received_at',
  'door',
  'producer',
  'producer_seq',
  'event_type',
  'source',
  'payload',
  'encoding',
  'issues_json',
] as const;

/** One row as a line of text that is the same whichever side it comes from. */
export function lineOf(values: readonly unknown[]): string {
  let line = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0) line += separator;
    line += value === null || value === undefined ? absent : String(value);
  }
  return line;
}

/** Which columns two lines differ in. */
export function differences(columns: readonly string[], a: string, b: string): string[] {
  const [left, right] = [a.split(separator), b.split(separator)];
  return columns.filter((_, i) => left[i] !== right[i]);
}

/** The row that an event should have become. Told apart from how rows are written, so that it checks the writing. */
export function lineOfEvent({ seq, appendedAt, text: written, event }: LoggedEvent): string {
  const { data, extra } = cutEventText(written, event);
  return lineOf([
    seq,
    nameOf(event.event_type),
    timestampOf(event.timestamp, appendedAt),
    nameOf(event.source),
    text(event.correlation_id),
    text(event.user_id),
    text(event.session_id),
    symbolOf(event.data),
    data,
    extra,
    appendedAt,
  ]);
}

export function lineOfDeadLetter(letter: DeadLetter & { seq: number; appendedAt: number }): string {
  return lineOf([
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
  ]);
}

/** The special row an event should have, by table; nothing for most. */
export class SpecialLines {
  #found: { table: SpecialTable; line: string } | null = null;
  readonly #writers = specialWriters((_, table) => ({
    run: (...values) => {
      this.#found = { table, line: lineOf(values) };
    },
  }));

  of({ seq, appendedAt, event }: LoggedEvent): { table: SpecialTable; line: string } | null {
    const { event_type, data } = event;
    this.#found = null;
    if (typeof data === 'object' && data !== null) {
      const timestamp = timestampOf(event.timestamp, appendedAt);
      this.#writers.get(nameOf(event_type))?.({ seq, createdAt: appendedAt, timestamp }, data);
    }
    return this.#found;
  }
}
