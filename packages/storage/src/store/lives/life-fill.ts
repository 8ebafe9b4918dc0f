import type { Envelope } from '@bitten/schema';
import type { Database } from 'better-sqlite3';
import { sqlOfAppendedAt } from '../appended-at.js';
import { sqlOfData } from '../shorthand-sql.js';
import { resolvedType, specialWriters } from '../special-rows.js';
import { lifeTypes } from './life.js';
import { LifeBook } from './life-book.js';
import { PatternTally } from './pattern-tally.js';

const batch_rows = 5_000;

/** An event as its row tells it. */
interface EventOfRow {
  seq: number;
  timestamp: number;
  appendedAt: number;
  event: Envelope;
}

type Row = [
  seq: number,
  event_type: string,
  timestamp: number,
  user_id: string | null,
  data: string,
  appendedAt: number,
];

/** The events of some types that are stored before `to`, in the order of the log, a batch at a time. */
export function* storedEvents(
  db: Database,
  { types, to }: { types: readonly string[]; to?: number },
): Generator<EventOfRow[]> {
  const ids = db
    .prepare('SELECT type_id FROM event_types WHERE name IN (SELECT value FROM json_each(?))')
    .pluck()
    .all(JSON.stringify(types)) as number[];
  if (ids.length === 0) return;
  // Along the rows: by the index of types they would have to be sorted.
  const page = db
    .prepare(`SELECT r.seq AS seq, t.name AS event_type, r.timestamp AS timestamp, r.user_id AS user_id,
        ${sqlOfData('r')} AS data, ${sqlOfAppendedAt('r')} FROM event_rows r NOT INDEXED CROSS JOIN event_types t ON t.type_id = r.type_id
      WHERE r.seq > ? AND r.seq < ? AND r.type_id IN (${ids.join(', ')}) ORDER BY r.seq LIMIT ${batch_rows}`)
    .raw();
  for (let last = 0; ; ) {
    const rows = page.all(last, to ?? Number.MAX_SAFE_INTEGER) as Row[];
    yield rows.map(([seq, event_type, timestamp, user_id, data, appendedAt]) => ({
      seq,
      timestamp,
      appendedAt,
      event: { event_type, timestamp, source: '', user_id, data: parsed(data) },
    }));
    if (rows.length < batch_rows) return;
    last = rows.at(-1)![0];
  }
}

/** Fills empty tables of lives from the events that are stored; rollups are filled from the lives, apart. */
export function fillLives(db: Database, schema: 'main' | 'temp' = 'main'): void {
  const book = new LifeBook(db, new PatternTally(db, schema), schema);
  for (const events of storedEvents(db, { types: lifeTypes })) {
    for (const { seq, timestamp, event } of events) book.add(event, seq, timestamp);
    book.settle();
  }
}

/** Fills `dead_letter_resolutions` from the events that are stored. */
export function fillResolutions(db: Database): void {
  const write = specialWriters((sql) => db.prepare<unknown[]>(sql)).get(resolvedType);
  for (const events of storedEvents(db, { types: [resolvedType] })) {
    for (const { seq, appendedAt, timestamp, event } of events) {
      write?.({ seq, createdAt: appendedAt, timestamp }, event.data);
    }
  }
}

/** A damaged row must not keep the rest from being filled. */
function parsed(data: string): Envelope['data'] {
  try {
    const value = JSON.parse(data) as unknown;
    return typeof value === 'object' && value !== null ? (value as Envelope['data']) : {};
  } catch {
    return {};
  }
}
