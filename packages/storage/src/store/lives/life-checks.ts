import type { Database } from 'better-sqlite3';
import { lifeTables } from '../schema-v2.js';
import { type FireLife, newFire, newSignal, type SignalLife } from './life.js';
import { fillLives } from './life-fill.js';
import { PatternTally, tallyColumns } from './pattern-tally.js';

/** Something the tables of lives say that the events do not. */
interface LifeFinding {
  kind: 'life' | 'count';
  found: string;
  expected: string;
}

/** So many lives are named, the rest counted. */
const named_max = 10;

/**
 * Tells all lives anew from the events that are stored, beside those that are kept, and compares. The connection may
 * be one for reading only: what is made is temporary.
 *
 * A signal or fire that began before the oldest event that is stored cannot be told anew; it and all that belongs to
 * it are passed over.
 */
export function checkLives(db: Database): LifeFinding[] {
  db.exec(lifeTables('temp'));
  try {
    fillLives(db, 'temp');
    const oldest = (db.prepare('SELECT min(seq) FROM event_rows').pluck().get() as number | null) ?? 0;
    db.prepare(`CREATE TEMP TABLE older_signals AS SELECT no, signal_id FROM main.signal_lives
      WHERE no < :oldest OR no IN (SELECT signal_no FROM main.fire_lives WHERE no < :oldest)`).run({
      oldest,
    });
    db.prepare(`CREATE TEMP TABLE older_fires AS SELECT fire_id FROM main.fire_lives
      WHERE no < :oldest OR signal_no IN (SELECT no FROM older_signals)`).run({ oldest });
    return [
      ...compare(db, {
        table: 'signal_lives',
        id: 'signal_id',
        older: 'older_signals',
        blank: newSignal(0, ''),
      }),
      ...compare(db, { table: 'fire_lives', id: 'fire_id', older: 'older_fires', blank: newFire(0, '') }),
      ...comparePatterns(db),
    ];
  } finally {
    for (const table of ['pattern_rows', 'signal_lives', 'fire_lives', 'older_signals', 'older_fires']) {
      db.exec(`DROP TABLE IF EXISTS temp.${table}`);
    }
  }
}

interface Compared {
  table: string;
  id: string;
  older: string;
  blank: object;
}

function compare(db: Database, { table, id, older, blank }: Compared): LifeFinding[] {
  const columns = Object.keys(blank).filter((column) => column !== 'pattern_id');
  const pattern = (schema: string, row: string) =>
    `(SELECT name FROM ${schema}.pattern_rows p WHERE p.pattern_id = ${row}.pattern_id)`;
  const differs = [
    ...columns.map((column) => `kept.${column} IS NOT told.${column}`),
    `${pattern('main', 'kept')} IS NOT ${pattern('temp', 'told')}`,
  ].join(' OR ');
  const known = (row: string) => `${row}.${id} NOT IN (SELECT ${id} FROM temp.${older})`;
  const ids = (sql: string) => db.prepare(sql).pluck().all() as string[];
  const changed =
    ids(`SELECT kept.${id} FROM main.${table} kept JOIN temp.${table} told ON told.${id} = kept.${id}
    WHERE ${known('kept')} AND (${differs})`);
  const missing = ids(`SELECT told.${id} FROM temp.${table} told
    WHERE ${known('told')} AND NOT EXISTS (SELECT 1 FROM main.${table} kept WHERE kept.${id} = told.${id})`);
  const extra = ids(`SELECT kept.${id} FROM main.${table} kept
    WHERE ${known('kept')} AND NOT EXISTS (SELECT 1 FROM temp.${table} told WHERE told.${id} = kept.${id})`);
  return [
    ...named(changed, `another life of ${id}`, 'what its events say'),
    ...named(missing, `no life of ${id}`, 'what its events say'),
    ...named(extra, `a life of ${id}`, 'none: no event names it'),
  ];
}

function named(ids: readonly string[], what: string, expected: string): LifeFinding[] {
  const findings = ids
    .slice(0, named_max)
    .map((id): LifeFinding => ({ kind: 'life', found: `${what} ${id}`, expected }));
  const more = ids.length - findings.length;
  if (more > 0) findings.push({ kind: 'life', found: `${what}: ${more} more`, expected });
  return findings;
}

/** The counts by pattern, held against those of the lives that are kept. */
function comparePatterns(db: Database): LifeFinding[] {
  const zero = tallyColumns.map((name) => `${name} = 0`).join(', ');
  db.exec(`DELETE FROM temp.pattern_rows;
    INSERT INTO temp.pattern_rows SELECT * FROM main.pattern_rows; UPDATE temp.pattern_rows SET ${zero};`);
  const tally = new PatternTally(db, 'temp');
  const lives = <Life>(table: string) =>
    db.prepare(`SELECT * FROM main.${table}`).iterate() as Iterable<Life>;
  for (const life of lives<SignalLife>('signal_lives')) tally.addSignal(life, 1);
  for (const life of lives<FireLife>('fire_lives')) tally.addFire(life, 1);
  tally.settle();
  const differs = tallyColumns.map((name) => `kept.${name} <> told.${name}`).join(' OR ');
  const names = db
    .prepare(`SELECT ifnull(kept.name, 'no pattern') FROM main.pattern_rows kept
      JOIN temp.pattern_rows told ON told.pattern_id = kept.pattern_id WHERE ${differs}`)
    .pluck()
    .all() as string[];
  return names.map((name) => ({
    kind: 'count',
    found: `other counts of ${name} in pattern_stats`,
    expected: 'what its lives say',
  }));
}

/** Dead letters whose status is not what the last event about them says. */
export function checkResolutions(db: Database): LifeFinding[] {
  const ids = db
    .prepare(`SELECT d.id FROM dead_letters d WHERE d.status IS NOT ifnull((SELECT r.action
        FROM dead_letter_resolutions r WHERE r.dead_letter = d.id ORDER BY r.event_id DESC LIMIT 1), d.status)`)
    .pluck()
    .all() as number[];
  return named(ids.map(String), 'another status of dead letter', 'what the last event about it says');
}
