import type { Database } from 'better-sqlite3';
import type { FireLife, SignalLife } from '../lives/life.js';
import { storedEvents } from '../lives/life-fill.js';
import { specialWriters } from '../special-rows.js';
import { hour_s } from './buckets.js';
import { LifeRollups } from './life-rollups.js';

/** Counts all of it anew, from the rows and the lives that are stored, into empty tables. */
export function fillRollups(db: Database, schema: 'main' | 'temp' = 'main'): void {
  db.exec(`INSERT INTO ${schema}.event_hours (hour, type_id, rows)
    SELECT CAST(timestamp / ${hour_s} AS INTEGER), type_id, COUNT(*) FROM main.event_rows
    WHERE abs(timestamp / ${hour_s}) < 1e9 + 1 GROUP BY 1, 2`);
  db.exec(`INSERT INTO ${schema}.component_hours (component, hour, status, rows)
    SELECT component, CAST(timestamp / ${hour_s} AS INTEGER), status, COUNT(*) FROM main.health_rows
    WHERE component IS NOT NULL AND status IS NOT NULL AND abs(timestamp / ${hour_s}) < 1e9 + 1 GROUP BY 1, 2, 3`);
  const rollups = new LifeRollups(db, schema);
  const lives = <Life>(table: string) =>
    db.prepare(`SELECT * FROM main.${table} ORDER BY no`).all() as Life[];
  for (const life of lives<SignalLife>('signal_lives')) rollups.addSignal(life, 1);
  for (const life of lives<FireLife>('fire_lives')) rollups.addFire(life, 1);
  rollups.settle();
}

/** Fills what version 3 adds for single events: balances, and the own time of each health. */
export function fillByTime(db: Database): void {
  const write = specialWriters((sql) => db.prepare<unknown[]>(sql)).get('balance_update');
  for (const events of storedEvents(db, { types: ['balance_update'] })) {
    for (const { seq, timestamp, appendedAt, event } of events) {
      write?.({ seq, createdAt: appendedAt, timestamp }, event.data);
    }
  }
  db.exec(`UPDATE health_rows SET timestamp =
    (SELECT r.timestamp FROM event_rows r WHERE r.seq = health_rows.event_id)`);
}
