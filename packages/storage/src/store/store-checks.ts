import Database from 'better-sqlite3';
import type { StoreFinding } from './inspection.js';
import { applicationId, migrate, storeMigrations } from './migrations.js';

const problems_max = 20;

function found(kind: StoreFinding['kind'], what: string, expected: string): StoreFinding {
  return { kind, table: null, from: null, to: null, found: what, expected };
}

/** What SQLite itself says of its file: pages, indexes against tables, references. */
export function checkFile(db: Database.Database): StoreFinding[] {
  const problems = db.pragma(`integrity_check(${problems_max})`) as Array<{ integrity_check: string }>;
  const references = db.pragma('foreign_key_check') as unknown[];
  const findings = problems
    .map(({ integrity_check }) => integrity_check)
    .filter((text) => text !== 'ok')
    .map((text) => found('file', text.trim(), 'a sound database (PRAGMA integrity_check)'));
  if (references.length > 0) {
    findings.push(found('file', `${references.length} rows that refer to nothing`, 'whole references'));
  }
  return findings;
}

/** Whether the file is a store of ours, of the version this program knows. */
export function checkVersion(db: Database.Database): StoreFinding[] {
  const id = db.pragma('application_id', { simple: true });
  if (id !== applicationId) {
    return [found('schema', `application_id ${String(id)}`, `${applicationId}: a store of this program`)];
  }
  const version = Number(db.pragma('user_version', { simple: true }));
  const known = storeMigrations.length;
  if (version === known) return [];
  const remedy = version < known ? ': the collector brings the file up to date when it opens it' : '';
  return [
    found('schema', `schema version ${version}`, `version ${known}, which this program reads${remedy}`),
  ];
}

type SchemaRow = { type: string; name: string; sql: string };

/** Whether tables, views, indexes and triggers are those we make: a dropped trigger harms nothing one could see. */
export function checkSchema(db: Database.Database): StoreFinding[] {
  const model = new Database(':memory:');
  try {
    migrate(model, { file: ':memory:', migrations: storeMigrations });
    const [ours, theirs] = [schemaOf(model), schemaOf(db)];
    const findings: StoreFinding[] = [];
    for (const [name, sql] of ours) {
      const other = theirs.get(name);
      if (other === sql) continue;
      findings.push(found('schema', other === undefined ? `no ${name}` : `another ${name}`, name));
    }
    for (const name of theirs.keys()) {
      if (!ours.has(name)) findings.push(found('schema', `${name}, which is not ours`, 'no such thing'));
    }
    return findings;
  } finally {
    model.close();
  }
}

function schemaOf(db: Database.Database): Map<string, string> {
  const rows = db
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as SchemaRow[];
  return new Map(rows.map(({ type, name, sql }) => [`${type} ${name}`, sql]));
}

/** `event_stats` is kept, not counted: whether it still says what the rows say. */
export function checkCounts(db: Database.Database): StoreFinding[] {
  const rows = db
    .prepare(`SELECT t.name AS name, t.row_count AS kept, t.timestamp_sum AS kept_sum,
        (SELECT COUNT(*) FROM event_rows r WHERE r.type_id = t.type_id) AS rows,
        (SELECT SUM(r.timestamp) FROM event_rows r WHERE r.type_id = t.type_id) AS sum
      FROM event_types t`)
    .all() as Array<{ name: string; kept: number; kept_sum: number; rows: number; sum: number | null }>;
  return rows.flatMap(({ name, kept, kept_sum, rows: counted, sum }) => {
    if (kept !== counted)
      return [found('count', `${kept} events of type ${name} in event_stats`, `${counted}`)];
    // A sum that was added to and taken from a million times has lost its last digits.
    const average_s = counted === 0 ? 0 : Math.abs(kept_sum - (sum ?? 0)) / counted;
    if (average_s < 1) return [];
    return [
      found('count', `an avg_timestamp of ${name} that is ${average_s} s off`, 'the average of its rows'),
    ];
  });
}
