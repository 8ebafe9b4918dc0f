import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.js';

/** What people ask, and what SQLite must do: never read the rows themselves from end to end, nor sort them. */
const questions: Array<[sql: string, uses: string]> = [
  ['SELECT COUNT(*) FROM events', 'COVERING INDEX event_rows_'],
  ["SELECT COUNT(*) FROM events WHERE event_type = 'x'", 'COVERING INDEX event_rows_type (type_id=?)'],
  ["SELECT * FROM events WHERE event_type = 'x'", 'event_rows_type (type_id=?)'],
  [
    "SELECT * FROM events WHERE event_type = 'x' ORDER BY timestamp DESC LIMIT 50",
    'event_rows_type (type_id=?)',
  ],
  [
    "SELECT * FROM events WHERE event_type = 'x' AND timestamp > 5 ORDER BY timestamp DESC LIMIT 50",
    'event_rows_type (type_id=? AND timestamp>?)',
  ],
  ["SELECT MAX(timestamp) FROM events WHERE event_type = 'x'", 'COVERING INDEX event_rows_type (type_id=?)'],
  ['SELECT * FROM events ORDER BY timestamp DESC LIMIT 50', 'INDEX event_rows_timestamp'],
  [
    "SELECT * FROM events WHERE timestamp > strftime('%s', 'now', '-1 hour')",
    'event_rows_timestamp (timestamp>?)',
  ],
  [
    "SELECT event_type, COUNT(*) FROM events WHERE timestamp > strftime('%s', 'now') GROUP BY event_type",
    'COVERING INDEX event_rows_timestamp (timestamp>?)',
  ],
  ["SELECT COUNT(*) FROM events WHERE source = 'x'", 'COVERING INDEX event_rows_source (source_id=?)'],
  ["SELECT * FROM events WHERE user_id = 'x' ORDER BY timestamp DESC LIMIT 5", 'event_rows_user (user_id=?)'],
  ["SELECT * FROM events WHERE correlation_id = 'x'", 'event_rows_correlation (correlation_id=?)'],
  ["SELECT * FROM events WHERE session_id = 'x'", 'event_rows_session (session_id=?)'],
  ['SELECT * FROM events WHERE id = 5', 'INTEGER PRIMARY KEY (rowid=?)'],
  [
    "SELECT e.* FROM signal_events s JOIN events e ON e.id = s.event_id WHERE s.signal_id = 'x'",
    'signal_rows_signal',
  ],
  ["SELECT * FROM signal_events WHERE symbol = 'x'", 'signal_rows_symbol (symbol=?)'],
  ["SELECT * FROM signal_events WHERE pattern_type = 'x'", 'signal_rows_pattern (pattern_type=?)'],
  ['SELECT * FROM signal_events WHERE expires_at > 5', 'signal_rows_expires (expires_at>?)'],
  [
    'SELECT pattern_type, AVG(confidence), COUNT(*) FROM signal_events GROUP BY pattern_type',
    'COVERING INDEX signal_rows_pattern',
  ],
  ["SELECT * FROM trade_events WHERE fire_id = 'x'", 'trade_rows_fire (fire_id=?)'],
  ['SELECT * FROM trade_events WHERE ticket = 5', 'trade_rows_ticket (ticket=?)'],
  ["SELECT * FROM trade_events WHERE symbol = 'x'", 'trade_rows_symbol (symbol=?)'],
  ["SELECT * FROM health_events WHERE component = 'x'", 'health_rows_component (component=?)'],
  ["SELECT * FROM health_events WHERE status = 'x'", 'health_rows_status (status=?)'],
  [
    'SELECT component, status, COUNT(*), MAX(created_at) FROM health_events GROUP BY component, status',
    'COVERING INDEX health_rows_component',
  ],
  ["SELECT * FROM lifecycle WHERE signal_id = 'x'", 'sqlite_autoindex_signal_lives_1 (signal_id=?)'],
  ["SELECT * FROM lifecycle WHERE fire_id = 'x'", 'sqlite_autoindex_fire_lives_1 (fire_id=?)'],
  [
    'SELECT * FROM lifecycle WHERE executed_seq IS NULL AND fired_seq IS NOT NULL ORDER BY first_seq DESC LIMIT 50',
    'fire_lives_never_executed',
  ],
  [
    'SELECT * FROM dead_letter_resolutions WHERE dead_letter = 5',
    'dead_letter_resolutions_letter (dead_letter=?)',
  ],
  ['SELECT * FROM event_stats', 'COVERING INDEX event_rows_type (type_id=?)'],
];

const dir = mkdtempSync(join(tmpdir(), 'bitten-plans-'));
const file = join(dir, 'store.db');
const hasShell = spawnSync('sqlite3', ['--version']).status === 0;

beforeAll(() => openStore({ file }).close());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function planHere(sql: string): string {
  const db = new Database(file, { readonly: true });
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as Array<{ detail: string }>;
  db.close();
  return steps.map((step) => step.detail).join('\n');
}

function planInShell(sql: string): string {
  return execFileSync('sqlite3', [file, `EXPLAIN QUERY PLAN ${sql}`], { encoding: 'utf8' });
}

describe.each([
  ['better-sqlite3', planHere, true],
  ['the sqlite3 shell', planInShell, hasShell],
] as const)('the plans of %s', (_, plan, isHere) => {
  it.skipIf(!isHere).each(questions)('%s', (sql, uses) => {
    const steps = plan(sql);
    expect(steps).toContain(uses);
    // `r` is event_rows within the view; a scan of it is right only within an index.
    expect(steps).not.toMatch(/SCAN (r|event_rows|\w+_rows)(?! USING)/);
    if (sql.includes('ORDER BY timestamp')) expect(steps).not.toContain('TEMP B-TREE');
  });
});
