import { sqlOfFires, sqlOfPatterns, sqlOfUnfired } from './lives/life-sql.js';
import { tallyColumns } from './lives/pattern-tally.js';

/**
 * The tables of lives. `no` is the seq of the first event that named the signal or fire: rows are appended, the
 * newest are at the end, and a fire names its signal by a small integer. The partial indexes hold what is asked:
 * they are as small as the trouble they list. docs/adr/0012-lifecycle-tables.md has the measurements.
 */
export function lifeTables(schema: 'main' | 'temp' = 'main'): string {
  return `
CREATE TABLE ${schema}.pattern_rows (
  pattern_id INTEGER PRIMARY KEY,
  name TEXT UNIQUE,
  ${tallyColumns.map((name) => `${name} INTEGER NOT NULL DEFAULT 0`).join(',\n  ')}
);
INSERT INTO ${schema}.pattern_rows (pattern_id, name) VALUES (0, NULL);

CREATE TABLE ${schema}.signal_lives (
  no INTEGER PRIMARY KEY,
  signal_id TEXT NOT NULL UNIQUE,
  pattern_id INTEGER NOT NULL DEFAULT 0,
  symbol TEXT, direction TEXT, confidence REAL,
  generated_seq INTEGER, generated_at REAL, generated_count INTEGER NOT NULL DEFAULT 0,
  expired_seq INTEGER, expired_at REAL, expired_count INTEGER NOT NULL DEFAULT 0,
  outcome_seq INTEGER, outcome_at REAL, outcome_count INTEGER NOT NULL DEFAULT 0,
  outcome TEXT, won INTEGER, pips REAL,
  fires INTEGER NOT NULL DEFAULT 0,
  last_seq INTEGER NOT NULL
);

CREATE TABLE ${schema}.fire_lives (
  no INTEGER PRIMARY KEY,
  fire_id TEXT NOT NULL UNIQUE,
  signal_no INTEGER,
  pattern_id INTEGER NOT NULL DEFAULT 0, signal_at REAL, signal_expired_seq INTEGER, signal_repeated INTEGER NOT NULL DEFAULT 0,
  user_id TEXT, symbol TEXT, direction TEXT, ticket INTEGER,
  fired_seq INTEGER, fired_at REAL, fired_count INTEGER NOT NULL DEFAULT 0,
  executed_seq INTEGER, executed_at REAL, executed_count INTEGER NOT NULL DEFAULT 0,
  confirmed_seq INTEGER, confirmed_at REAL, confirmed_count INTEGER NOT NULL DEFAULT 0,
  outcome_seq INTEGER, outcome_at REAL, outcome_count INTEGER NOT NULL DEFAULT 0,
  outcome TEXT, won INTEGER, profit REAL, pips REAL,
  last_seq INTEGER NOT NULL
);
CREATE INDEX ${schema}.fire_lives_signal ON fire_lives (signal_no);
`;
}

/** The conditions of the partial indexes; a query that is to use one says the same words. */
export const lifeConditions = {
  signals: {
    open: 'fires = 0 AND expired_seq IS NULL AND outcome_seq IS NULL',
    expired: 'fires = 0 AND expired_seq IS NOT NULL',
    orphans: 'fires = 0 AND generated_seq IS NULL',
    duplicates: 'fires = 0 AND (generated_count > 1 OR expired_count > 1 OR outcome_count > 1)',
  },
  fires: {
    open: 'outcome_seq IS NULL',
    never_executed: 'executed_seq IS NULL AND fired_seq IS NOT NULL',
    expired: 'signal_expired_seq IS NOT NULL AND (executed_seq IS NULL OR executed_seq > signal_expired_seq)',
    orphans: '(fired_seq IS NULL OR signal_at IS NULL)',
    duplicates:
      '(signal_repeated = 1 OR fired_count > 1 OR executed_count > 1 OR confirmed_count > 1 OR outcome_count > 1)',
  },
} as const;

function indexes(): string {
  const one = (table: string, name: string, condition: string) =>
    `CREATE INDEX ${table}_${name} ON ${table} (no) WHERE ${condition};`;
  return [
    ...Object.entries(lifeConditions.signals).map(([name, where]) => one('signal_lives', name, where)),
    ...Object.entries(lifeConditions.fires).map(([name, where]) => one('fire_lives', name, where)),
  ].join('\n');
}

/** The second schema: what became of signals, fires and dead letters. */
export const schemaV2 = `${lifeTables()}
${indexes()}

CREATE VIEW lifecycle AS
${sqlOfFires}
UNION ALL
${sqlOfUnfired};

CREATE VIEW pattern_stats AS
${sqlOfPatterns};

CREATE TABLE dead_letter_resolutions (
  event_id INTEGER PRIMARY KEY,
  dead_letter INTEGER NOT NULL,
  action TEXT NOT NULL,
  seq INTEGER,
  reason TEXT,
  "by" TEXT,
  created_at REAL NOT NULL
);
CREATE INDEX dead_letter_resolutions_letter ON dead_letter_resolutions (dead_letter, event_id);

CREATE TRIGGER dead_letter_resolved AFTER INSERT ON dead_letter_resolutions BEGIN
  UPDATE dead_letters SET status = new.action WHERE id = new.dead_letter;
END;
CREATE TRIGGER dead_letter_stored AFTER INSERT ON dead_letters
WHEN EXISTS (SELECT 1 FROM dead_letter_resolutions WHERE dead_letter = new.id) BEGIN
  UPDATE dead_letters SET status = (SELECT action FROM dead_letter_resolutions
    WHERE dead_letter = new.id ORDER BY event_id DESC LIMIT 1) WHERE id = new.id;
END;
`;
