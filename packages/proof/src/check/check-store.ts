import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { type NumberedEvent, numberedEvents } from '../load/numbered.js';
import { readStore } from '../system/store.js';
import { LogReader } from './log-reader.js';
import { Ownership } from './places.js';
import {
  differencesFromLog,
  differencesFromPublished,
  eventOfRow,
  fieldsOf,
  parse,
  type StoredRow,
  sqlOfRows,
} from './rows.js';
import type { Findings } from './verdict.js';
import { Views } from './views.js';

export interface StoreCheck {
  dataDir: string;
  seed: string;
  padding_max: number;
}

type EventOf = (run: number, n: number) => NumberedEvent;

/**
 * Reads the whole store and the whole log side by side: `seq` without holes, each row in all of its columns what is
 * logged at its place, the special views what the events say, each numbered event the one that was published, its
 * `data` byte for byte. Returns what stands where.
 */
export function checkStore(findings: Findings, { dataDir, seed, padding_max }: StoreCheck): Ownership {
  const owners = new Ownership();
  const eventOf = numberedEvents(seed, padding_max);
  const log = new LogReader(findings, join(dataDir, 'log'));
  readStore(join(dataDir, 'bitten_events.db'), (db) => {
    const views = new Views(findings, db);
    try {
      let next = 1;
      for (const row of rowsOf(db)) {
        if (row.id > next) {
          findings.wrong('holes', `the store goes from ${next - 1} to ${row.id}`, row.id - next);
        }
        next = row.id + 1;
        findings.counts.stored += 1;
        owners.note(row.id, parse(row.data_json));
        const event = checkRow(findings, row, { log, eventOf });
        views.compare({
          id: row.id,
          event_type: row.event_type,
          data: event.data,
          created_at: row.created_at,
        });
      }
      views.finish();
    } finally {
      views.close();
    }
  });
  const left = log.rest();
  if (left > 0) findings.wrong('misstored', `the log's last ${left} events are not in the store`, left);
  return owners;
}

function rowsOf(db: Database.Database): IterableIterator<StoredRow> {
  return db.prepare(sqlOfRows).iterate() as IterableIterator<StoredRow>;
}

/** Row against log, and log against publisher. Returns the event as it is logged, where it still is. */
function checkRow(
  findings: Findings,
  row: StoredRow,
  { log, eventOf }: { log: LogReader; eventOf: EventOf },
): Readonly<Record<string, unknown>> {
  const logged = log.at(row.id);
  const event = logged === undefined ? eventOfRow(row) : fieldsOf(logged.text);
  const changed = logged === undefined ? [] : differencesFromLog(row, logged, event);
  if (changed.length > 0) {
    const words = `row ${row.id} has another ${changed.join(', ')} than the log: ${JSON.stringify(row)}, ${logged?.text}`;
    findings.wrong('misstored', words);
  }
  const { run, n } = (event.data ?? {}) as { run?: number; n?: number };
  if (run === undefined || n === undefined) return event;
  const published = eventOf(run, n);
  const wrong = differencesFromPublished(event, published);
  if (wrong.length === 0 && row.data_json !== JSON.stringify(published.data)) wrong.push('text of data');
  if (wrong.length > 0) {
    const words = `seq ${row.id} is not what life ${run} published as event ${n}, in ${wrong.join(', ')}`;
    findings.wrong('falseReceipts', words);
  }
  return event;
}
