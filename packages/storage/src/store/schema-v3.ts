import { signalHourSums, symbolDaySums } from './rollups/life-rollups.js';

const counts = (names: readonly string[]) =>
  names.map((name) => `${name} INTEGER NOT NULL DEFAULT 0`).join(',\n  ');

/**
 * Counts that are kept so that nobody has to count: events by hour, signals by hour and pattern, trades by day and
 * symbol, what components said by hour. `…_u` are sums in whole millionths, `…_n` how many were summed.
 */
export function rollupTables(schema: 'main' | 'temp' = 'main'): string {
  return `
CREATE TABLE ${schema}.event_hours (
  hour INTEGER NOT NULL, type_id INTEGER NOT NULL, rows INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, type_id)
) WITHOUT ROWID;

CREATE TABLE ${schema}.signal_hours (
  hour INTEGER NOT NULL, pattern_id INTEGER NOT NULL,
  ${counts(signalHourSums)},
  PRIMARY KEY (hour, pattern_id)
) WITHOUT ROWID;

CREATE TABLE ${schema}.symbol_days (
  day INTEGER NOT NULL, symbol TEXT NOT NULL,
  ${counts(symbolDaySums)},
  PRIMARY KEY (day, symbol)
) WITHOUT ROWID;

CREATE TABLE ${schema}.component_hours (
  component TEXT NOT NULL, hour INTEGER NOT NULL, status TEXT NOT NULL, rows INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (component, hour, status)
) WITHOUT ROWID;
`;
}

/**
 * The third schema: what a person looks at. Rollups; balances in a table of their own; and indexes by the events' own
 * time, so that one can ask how things stood. docs/adr/0018-rollups.md has the measurements.
 */
export const schemaV3 = `${rollupTables()}
CREATE TRIGGER event_rows_hour AFTER DELETE ON event_rows BEGIN
  UPDATE event_hours SET rows = rows - 1
  WHERE hour = CAST(old.timestamp / 3600 AS INTEGER) AND type_id = old.type_id;
  DELETE FROM event_hours
  WHERE hour = CAST(old.timestamp / 3600 AS INTEGER) AND type_id = old.type_id AND rows = 0;
END;

CREATE TABLE balance_rows (
  event_id INTEGER PRIMARY KEY,
  account_number TEXT, user_id TEXT, balance REAL, equity REAL, margin REAL, free_margin REAL,
  timestamp REAL NOT NULL
);
CREATE INDEX balance_rows_account ON balance_rows (account_number, timestamp) WHERE account_number IS NOT NULL;

ALTER TABLE health_rows ADD COLUMN timestamp REAL;
CREATE TRIGGER health_rows_said AFTER INSERT ON health_rows
WHEN new.component IS NOT NULL AND new.status IS NOT NULL AND abs(new.timestamp / 3600) < 1e9 + 1 BEGIN
  INSERT INTO component_hours VALUES (new.component, CAST(new.timestamp / 3600 AS INTEGER), new.status, 1)
  ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER health_rows_removed AFTER DELETE ON health_rows BEGIN
  UPDATE component_hours SET rows = rows - 1
  WHERE component = old.component AND hour = CAST(old.timestamp / 3600 AS INTEGER) AND status = old.status;
  DELETE FROM component_hours
  WHERE component = old.component AND hour = CAST(old.timestamp / 3600 AS INTEGER) AND status = old.status
    AND rows = 0;
END;
CREATE INDEX health_rows_time ON health_rows (component, timestamp) WHERE timestamp IS NOT NULL;

CREATE INDEX fire_lives_held ON fire_lives (executed_at, outcome_at) WHERE executed_at IS NOT NULL;

CREATE VIEW balance_events AS
SELECT event_id AS id, event_id AS event_id, account_number, user_id, balance, equity, margin, free_margin, timestamp
FROM balance_rows;
`;
