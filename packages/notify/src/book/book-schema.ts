/** `BITA`, in the file's header: tells our book from any other SQLite file. */
export const bookId = 0x42495441;
export const bookVersion = 1;

/**
 * What is known of alerts and of who has been told. `no` is the order in which alerts were recorded, and in which each
 * channel tells them.
 */
export const bookSchema = `
CREATE TABLE alerts (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, key TEXT NOT NULL, message TEXT NOT NULL,
  at REAL NOT NULL, since REAL NOT NULL, value REAL, seq INTEGER, correlation_id TEXT,
  suppressed INTEGER NOT NULL,
  is_open INTEGER NOT NULL DEFAULT 0,
  silenced_by INTEGER,
  acknowledged_at REAL, acknowledged_by TEXT, acknowledged_note TEXT,
  recorded_at REAL NOT NULL
);
CREATE INDEX alerts_open ON alerts (rule, key) WHERE is_open = 1;
CREATE INDEX alerts_recorded ON alerts (recorded_at);

CREATE TABLE deliveries (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_no INTEGER NOT NULL REFERENCES alerts (no) ON DELETE CASCADE,
  channel TEXT NOT NULL,
  group_key TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  first_at REAL, last_at REAL,
  error TEXT
);
CREATE INDEX deliveries_waiting ON deliveries (channel, no) WHERE state = 'waiting';
CREATE INDEX deliveries_alert ON deliveries (alert_no);

CREATE TABLE channel_counts (
  channel TEXT PRIMARY KEY, delivered INTEGER NOT NULL DEFAULT 0, given_up INTEGER NOT NULL DEFAULT 0, last_error TEXT
) WITHOUT ROWID;

CREATE TABLE silences (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rule TEXT, key TEXT, from_at REAL NOT NULL, until_at REAL NOT NULL, reason TEXT NOT NULL, by TEXT
);

CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;
