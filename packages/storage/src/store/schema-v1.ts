import { sqlOfAppendedAt } from './appended-at.js';
import { keyTokens, sqlOfData } from './shorthand-sql.js';

/**
 * The first schema. What is stored is lean (small integers for words that repeat, `data` in shorthand); what
 * people ask are the views `events`, `signal_events`, `trade_events`, `health_events` and `event_stats`, with
 * the names and columns of the running Python system. docs/adr/0003-lean-tables.md has the measurements.
 *
 * The indexes on `event_rows` carry `type_id` and `source_id` at their end because SQLite does not drop the
 * view's joins under COUNT and GROUP BY: with both at hand such a query stays within the index.
 */
export const schemaV1 = `
CREATE TABLE event_types (
  type_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  row_count INTEGER NOT NULL DEFAULT 0,
  timestamp_sum REAL NOT NULL DEFAULT 0
);

CREATE TABLE sources (source_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE symbols (symbol_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE shapes (
  shape_id INTEGER PRIMARY KEY,
  type_id INTEGER NOT NULL,
  ${keyTokens.map((_, i) => `k${i} TEXT NOT NULL DEFAULT ''`).join(',\n  ')}
);

CREATE TABLE event_rows (
  seq INTEGER PRIMARY KEY,
  type_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  symbol_id INTEGER,
  shape_id INTEGER,
  timestamp REAL NOT NULL,
  appended INTEGER NOT NULL,
  correlation_id TEXT,
  user_id TEXT,
  session_id TEXT,
  data_short TEXT NOT NULL,
  extra_json TEXT
);
CREATE INDEX event_rows_type ON event_rows (type_id, timestamp, source_id);
CREATE INDEX event_rows_timestamp ON event_rows (timestamp, type_id, source_id);
CREATE INDEX event_rows_source ON event_rows (source_id, type_id);
CREATE INDEX event_rows_symbol ON event_rows (type_id, symbol_id, timestamp) WHERE symbol_id IS NOT NULL;
CREATE INDEX event_rows_correlation ON event_rows (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX event_rows_user ON event_rows (user_id, timestamp) WHERE user_id IS NOT NULL;
CREATE INDEX event_rows_session ON event_rows (session_id) WHERE session_id IS NOT NULL;

CREATE TRIGGER event_rows_removed AFTER DELETE ON event_rows BEGIN
  UPDATE event_types SET row_count = row_count - 1, timestamp_sum = timestamp_sum - old.timestamp
  WHERE type_id = old.type_id;
END;

CREATE TABLE signal_rows (
  event_id INTEGER PRIMARY KEY,
  signal_id TEXT, symbol TEXT, direction TEXT, confidence REAL, pattern_type TEXT,
  entry_price REAL, stop_pips REAL, target_pips REAL, expires_at REAL, created_at REAL
);
CREATE INDEX signal_rows_signal ON signal_rows (signal_id);
CREATE INDEX signal_rows_symbol ON signal_rows (symbol);
CREATE INDEX signal_rows_pattern ON signal_rows (pattern_type, confidence);
CREATE INDEX signal_rows_expires ON signal_rows (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE trade_rows (
  event_id INTEGER PRIMARY KEY,
  fire_id TEXT, ticket INTEGER, symbol TEXT, direction TEXT, volume REAL,
  open_price REAL, sl_price REAL, tp_price REAL, execution_time REAL, created_at REAL
);
CREATE INDEX trade_rows_fire ON trade_rows (fire_id);
CREATE INDEX trade_rows_ticket ON trade_rows (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX trade_rows_symbol ON trade_rows (symbol);

CREATE TABLE health_rows (
  event_id INTEGER PRIMARY KEY,
  component TEXT, status TEXT, uptime REAL, memory_usage REAL, cpu_usage REAL, message TEXT, created_at REAL
);
CREATE INDEX health_rows_component ON health_rows (component, status, created_at);
CREATE INDEX health_rows_status ON health_rows (status);

CREATE VIEW events AS
SELECT r.seq AS id, t.name AS event_type, r.timestamp AS timestamp, s.name AS source,
  r.correlation_id AS correlation_id, r.user_id AS user_id, r.session_id AS session_id,
  ${sqlOfData('r')} AS data_json, ${sqlOfAppendedAt('r')} AS created_at
FROM event_rows r
LEFT JOIN event_types t ON t.type_id = r.type_id
LEFT JOIN sources s ON s.source_id = r.source_id;

CREATE VIEW signal_events AS
SELECT event_id AS id, event_id AS event_id, signal_id, symbol, direction, confidence, pattern_type,
  entry_price, stop_pips, target_pips, expires_at, created_at
FROM signal_rows;

CREATE VIEW trade_events AS
SELECT event_id AS id, event_id AS event_id, fire_id, ticket, symbol, direction, volume,
  open_price, sl_price, tp_price, execution_time, created_at
FROM trade_rows;

CREATE VIEW health_events AS
SELECT event_id AS id, event_id AS event_id, component, status, uptime, memory_usage, cpu_usage, message,
  created_at
FROM health_rows;

CREATE VIEW event_stats AS
SELECT t.name AS event_type, t.row_count AS count,
  (SELECT MIN(r.timestamp) FROM event_rows r WHERE r.type_id = t.type_id) AS first_seen,
  (SELECT MAX(r.timestamp) FROM event_rows r WHERE r.type_id = t.type_id) AS last_seen,
  t.timestamp_sum / t.row_count AS avg_timestamp
FROM event_types t
WHERE t.row_count > 0;

CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY,
  received_at REAL NOT NULL,
  door TEXT NOT NULL,
  producer TEXT,
  producer_seq INTEGER,
  event_type TEXT,
  source TEXT,
  payload TEXT NOT NULL,
  encoding TEXT NOT NULL,
  issues_json TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open'
);

CREATE INDEX dead_letters_status ON dead_letters (status);

CREATE TABLE follow_cursors (log TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO follow_cursors VALUES ('events', 1), ('dead_letters', 1);
CREATE TABLE gaps (
  log TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  why TEXT NOT NULL,
  noticed_at REAL NOT NULL
);
CREATE TABLE store_info (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;
