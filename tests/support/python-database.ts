import { createMarket } from '@bitten/simulator';
import Database from 'better-sqlite3';

/** The tables of the Python collector, as its `data_collector.py` makes them. */
const schema = `
CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_type TEXT NOT NULL, timestamp REAL NOT NULL,
  source TEXT NOT NULL, correlation_id TEXT, user_id TEXT, session_id TEXT, data_json TEXT NOT NULL, created_at REAL);
CREATE TABLE signal_events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id INTEGER, signal_id TEXT, symbol TEXT,
  direction TEXT, confidence REAL, pattern_type TEXT, entry_price REAL, stop_pips REAL, target_pips REAL,
  expires_at REAL, created_at REAL);
CREATE TABLE trade_events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id INTEGER, fire_id TEXT, ticket INTEGER,
  symbol TEXT, direction TEXT, volume REAL, open_price REAL, sl_price REAL, tp_price REAL, execution_time REAL,
  created_at REAL);
CREATE TABLE health_events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id INTEGER, component TEXT, status TEXT,
  uptime REAL, memory_usage REAL, cpu_usage REAL, message TEXT, created_at REAL);
CREATE INDEX idx_events_type ON events (event_type);
CREATE INDEX idx_events_timestamp ON events (timestamp);
CREATE INDEX idx_events_source ON events (source);
CREATE INDEX idx_events_user ON events (user_id);
CREATE INDEX idx_events_correlation ON events (correlation_id);
CREATE INDEX idx_signal_id ON signal_events (signal_id);
CREATE INDEX idx_signal_symbol ON signal_events (symbol);
CREATE INDEX idx_signal_pattern ON signal_events (pattern_type);
CREATE INDEX idx_signal_expires ON signal_events (expires_at);
CREATE INDEX idx_trade_fire ON trade_events (fire_id);
CREATE INDEX idx_trade_ticket ON trade_events (ticket);
CREATE INDEX idx_trade_symbol ON trade_events (symbol);
CREATE INDEX idx_health_component ON health_events (component);
CREATE INDEX idx_health_status ON health_events (status);
CREATE VIEW event_stats AS SELECT event_type, COUNT(*) AS count, MIN(timestamp) AS first_seen,
  MAX(timestamp) AS last_seen, AVG(timestamp) AS avg_timestamp FROM events GROUP BY event_type;
`;

/** How the Python collector fills its special tables: the statement, and the fields of the data it takes. */
const specialTables: Readonly<Record<string, readonly [sql: string, fields: readonly string[]]>> = {
  signal_generated: insertOf(
    'signal_events',
    'signal_id symbol direction confidence pattern_type expires_at',
  ),
  fire_command: insertOf('trade_events', 'fire_id symbol direction volume sl_price tp_price', {
    volume: 'lot_size',
  }),
  trade_executed: insertOf(
    'trade_events',
    'fire_id ticket symbol direction volume open_price execution_time',
  ),
  system_health: insertOf('health_events', 'component status uptime memory_usage cpu_usage message'),
};

function insertOf(
  table: string,
  names: string,
  named: Readonly<Record<string, string>> = {},
): [sql: string, fields: string[]] {
  const columns = names.split(' ');
  const all = ['event_id', ...columns, 'created_at'];
  const sql = `INSERT INTO ${table} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`;
  return [sql, columns.map((column) => named[column] ?? column)];
}

/** A row of `events` but for its id; values as they are bound. */
export type PythonRowValues = [
  event_type: unknown,
  timestamp: unknown,
  source: unknown,
  correlation_id: unknown,
  user_id: unknown,
  session_id: unknown,
  data_json: unknown,
  created_at: unknown,
];

/** Makes such a database, with so many events of a simulated market over some weeks. */
export function makePythonDatabase(file: string, options: { rows: number; seed: string }): void {
  const market = createMarket({ seed: options.seed, rate_per_s: options.rows / (20 * 86_400) });
  addPythonRows(file, function* () {
    for (let i = 0; i < options.rows; i += 1) {
      const { event_type, timestamp, source, correlation_id, user_id, session_id, data } = market.next();
      const ids = [correlation_id ?? null, user_id ?? null, session_id ?? null] as const;
      yield [event_type, timestamp, source, ...ids, pythonJson(data), timestamp + 0.0021];
    }
  });
}

/** Adds rows to a database, which is made where it is missing. */
export function addPythonRows(file: string, rows: () => Iterable<PythonRowValues>): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF');
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get() === undefined) db.exec(schema);
  const event = db.prepare(
    'INSERT INTO events (event_type, timestamp, source, correlation_id, user_id, session_id, data_json, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const special = new Map(
    Object.entries(specialTables).map(([type, [sql, fields]]) => [type, { row: db.prepare(sql), fields }]),
  );
  db.transaction(() => {
    for (const row of rows()) {
      const { lastInsertRowid } = event.run(...row);
      const [type, , , , , , data_json, created_at] = row;
      const table = special.get(type as string);
      if (table === undefined) continue;
      const data = JSON.parse(data_json as string) as Record<string, unknown>;
      table.row.run(lastInsertRowid, ...table.fields.map((field) => data[field] ?? null), created_at);
    }
  })();
  db.close();
}

/** As `json.dumps` writes it: a space behind each comma and colon that is not in a text. */
function pythonJson(value: unknown): string {
  return JSON.stringify(value).replace(/"(?:[^"\\]|\\.)*"|[,:]/g, (token) =>
    token.length === 1 ? `${token} ` : token,
  );
}
