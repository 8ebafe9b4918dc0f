import { join } from 'node:path';
import { storeFile } from '@bitten/vitals';
import Database from 'better-sqlite3';
import type { Comparison, ImportedStore } from '../format.js';
import { type CountedDay, type DayCounts, databaseName, dayCounts, PythonDatabase } from './database.js';

/** A refused row is explained by its dead letter, whose payload says which row it was. */
const ofEvents = `SELECT t.name, date(r.timestamp, 'unixepoch'), COUNT(*)
  FROM event_rows r JOIN event_types t USING (type_id)
  WHERE r.extra_json IS NOT NULL AND json_extract(r.extra_json, '$.imported.db') = ?
  GROUP BY 1, 2`;
const ofDeadLetters = `SELECT json_extract(payload, '$.event_type'),
    date(json_extract(payload, '$.timestamp'), 'unixepoch'), COUNT(*)
  FROM dead_letters
  WHERE encoding = 'utf8' AND json_valid(payload) AND json_extract(payload, '$.imported.db') = ?
  GROUP BY 1, 2`;

/** Holds what is stored, and what was refused, against the rows of the database, by type and day. */
export async function compareCounts(file: string, store: ImportedStore): Promise<Comparison | undefined> {
  const database = new PythonDatabase(file);
  try {
    const first = database.pages().next().value;
    if (first === undefined) return undefined;
    const expected = database.counts(store.lastLine);
    await store.settled();
    return compare(expected, countStored(store.dataDir, databaseName(first[0]!)));
  } finally {
    database.close();
  }
}

function countStored(dataDir: string, name: string): { stored: DayCounts; refused: DayCounts } {
  const db = new Database(join(dataDir, storeFile), { readonly: true, fileMustExist: true });
  try {
    const count = (sql: string) => dayCounts(db.prepare(sql).raw().all(name) as CountedDay[]);
    return { stored: count(ofEvents), refused: count(ofDeadLetters) };
  } finally {
    db.close();
  }
}

function compare(
  expected: DayCounts,
  { stored, refused }: { stored: DayCounts; refused: DayCounts },
): Comparison {
  const keys = [...new Set([...expected.keys(), ...stored.keys(), ...refused.keys()])].sort();
  const days = keys.map((key) => {
    const at = key.lastIndexOf(' ');
    return {
      event_type: key.slice(0, at),
      day: key.slice(at + 1),
      rows: expected.get(key) ?? 0,
      stored: stored.get(key) ?? 0,
      dead_letters: refused.get(key) ?? 0,
    };
  });
  const isEqual = days.every(({ rows, stored: here, dead_letters }) => rows === here + dead_letters);
  return { isEqual, days };
}
