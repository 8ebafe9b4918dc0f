import type { Database } from 'better-sqlite3';
import { rollupTables } from '../schema-v3.js';
import { signalHourSums, symbolDaySums } from './life-rollups.js';
import { fillRollups } from './rollup-fill.js';

interface RollupFinding {
  kind: 'count';
  found: string;
  expected: string;
}

const tables = [
  { name: 'event_hours', keys: ['hour', 'type_id'], sums: ['rows'] },
  { name: 'signal_hours', keys: ['hour', 'pattern_id'], sums: signalHourSums },
  { name: 'symbol_days', keys: ['day', 'symbol'], sums: symbolDaySums },
  { name: 'component_hours', keys: ['component', 'hour', 'status'], sums: ['rows'] },
] as const;

/** Counts anew, beside the counts that are kept, and compares. The connection may be one for reading only. */
export function checkRollups(db: Database): RollupFinding[] {
  db.exec(rollupTables('temp'));
  try {
    fillRollups(db, 'temp');
    return tables.flatMap(({ name, keys, sums }): RollupFinding[] => {
      const columns = [...keys, ...sums].join(', ');
      const differing = (a: string, b: string) =>
        `SELECT ${keys.join(', ')} FROM (SELECT ${columns} FROM ${a}.${name} EXCEPT SELECT ${columns} FROM ${b}.${name})`;
      const rows = db
        .prepare(`SELECT COUNT(*) FROM (${differing('main', 'temp')} UNION ${differing('temp', 'main')})`)
        .pluck()
        .get() as number;
      if (rows === 0) return [];
      return [
        { kind: 'count', found: `${rows} other counts in ${name}`, expected: 'what the rows and lives say' },
      ];
    });
  } finally {
    for (const { name } of tables) db.exec(`DROP TABLE IF EXISTS temp.${name}`);
  }
}
