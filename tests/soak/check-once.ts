import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Crew } from './crew.js';

/**
 * Holds what the witness saw and what the store has against what the publishers know.
 *
 * The witness has seen every `seq` and every number of every run, or has said otherwise; so here only the ends
 * are compared, and the store by counts. Where the store's beginning has been given up, what is left of it must
 * be whole.
 */
export function checkOnce(crew: Crew): { faults: string[]; storedEvents: number } {
  const witness = crew.witnessed;
  if (witness === undefined) return { faults: ['the witness has said nothing'], storedEvents: 0 };
  const faults = [...witness.wrong];
  for (const life of crew.published.values()) {
    const seen = witness.runs[life.run] ?? 0;
    const expected = life.done ? life.published : life.acked;
    if (seen < expected) faults.push(`run ${life.run}: ${expected} acknowledged or published, ${seen} seen`);
    if (seen > life.published && life.done) {
      faults.push(`run ${life.run}: ${life.published} published, ${seen} seen`);
    }
    if (life.disorder > 0) faults.push(`run ${life.run}: ${life.disorder} receipts out of order`);
    if (life.rejected > 0) faults.push(`run ${life.run}: ${life.rejected} events not accepted`);
  }
  const store = checkStore(crew.database, witness.next, !crew.storeIsBounded);
  return { faults: [...faults, ...store.faults], storedEvents: store.count };
}

function checkStore(file: string, next: number, fromFirst: boolean): { faults: string[]; count: number } {
  if (!existsSync(file)) return { faults: ['there is no store'], count: 0 };
  const db = new Database(file, { readonly: true, timeout: 60_000 });
  try {
    const row = db
      .prepare('SELECT count(*) AS count, min(seq) AS first, max(seq) AS last FROM event_rows')
      .get();
    const { count, first, last } = row as { count: number; first: number; last: number };
    const faults: string[] = [];
    if (count !== last - first + 1) faults.push(`the store has ${count} events from seq ${first} to ${last}`);
    if (fromFirst && first !== 1) faults.push(`the store begins at seq ${first}`);
    // The bus's last words come after the last look of the witness.
    if (last < next - 1) faults.push(`the store ends at seq ${last}, the witness saw ${next - 1}`);
    // What its own retention has given up is noted as a gap too, and lies before the first row.
    const sql = "SELECT count(*) FROM gaps WHERE log = 'events' AND to_seq > ?";
    const gaps = db.prepare(sql).pluck().get(first) as number;
    if (gaps > 0) faults.push(`the store notes ${gaps} gaps among its events`);
    return { faults, count };
  } finally {
    db.close();
  }
}
