import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type SqliteStore } from '../../src/store/index.js';
import { loggedEvent, spanOf } from '../../src/testing/store-events.js';

/** The statements people have in their scripts since the Python system, word for word. */
const signalPerformance = `SELECT 
    pattern_type,
    AVG(confidence) as avg_confidence,
    COUNT(*) as signal_count
FROM signal_events 
GROUP BY pattern_type
ORDER BY avg_confidence DESC;`;
const healthOverview = `SELECT 
    component,
    status,
    COUNT(*) as status_count,
    MAX(created_at) as last_seen
FROM health_events
GROUP BY component, status;`;
const volumeByHour = `SELECT 
    strftime('%H', datetime(timestamp, 'unixepoch')) as hour,
    event_type,
    COUNT(*) as event_count
FROM events
WHERE timestamp > strftime('%s', 'now', '-24 hours')
GROUP BY hour, event_type
ORDER BY hour, event_count DESC;`;

const hasShell = spawnSync('sqlite3', ['--version']).status === 0;
if (!hasShell)
  console.warn('skipped: the tests that ask through the sqlite3 shell, which is not installed here');

describe.skipIf(!hasShell)('what the sqlite3 shell reads, while the collector writes', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-shell-'));
  const file = join(dir, 'bitten_events.db');
  let store: SqliteStore;
  /** Now, at the middle of its hour, so that no event lies near an hour's edge. */
  const now = Math.floor(Date.now() / 3_600_000) * 3600 - 1800;

  beforeAll(() => {
    store = openStore({ file });
    store.bind('log');
    const events = knownEvents(now);
    store.applyEvents(spanOf(events.slice(0, 9)));
    store.applyEvents(spanOf(events.slice(9)));
  });
  afterAll(() => {
    store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function ask(sql: string): string[][] {
    const out = execFileSync('sqlite3', ['-separator', '\t', file, sql], { encoding: 'utf8' });
    return out === ''
      ? []
      : out
          .trimEnd()
          .split('\n')
          .map((line) => line.split('\t'));
  }

  it('counts', () => {
    expect(ask('SELECT COUNT(*) FROM events;')).toEqual([['10']]);
    expect(ask("SELECT COUNT(*) FROM events WHERE event_type = 'signal_generated'")).toEqual([['3']]);
    expect(ask("SELECT COUNT(*) FROM events WHERE source = 'elite_guard'")).toEqual([['3']]);
  });

  it('signal performance by pattern', () => {
    expect(ask(signalPerformance)).toEqual([
      ['SWEEP', '85.0', '2'],
      ['BREAKOUT', '60.0', '1'],
    ]);
  });

  it('system health overview', () => {
    expect(ask(healthOverview)).toEqual([
      ['bus', 'error', '1', `${now + 1}.5`],
      ['bus', 'running', '2', `${now + 2}.5`],
    ]);
  });

  it('event volume by hour: the last 24 hours only, although strftime gives text', () => {
    const hour = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 13);
    expect(ask(volumeByHour).toSorted()).toEqual(
      [
        [hour(now), 'system_health', '3'],
        [hour(now - 3600), 'signal_generated', '2'],
        [hour(now - 3600), 'fire_command', '1'],
        [hour(now - 7200), 'signal_generated', '1'],
        [hour(now - 7200), 'trade_executed', '1'],
      ].toSorted(),
    );
  });

  it('has the tables and columns of the Python system, in their order', () => {
    const columns = (table: string) =>
      ask(`SELECT name FROM pragma_table_info('${table}')`).map(([name]) => name);
    expect(columns('events')).toEqual(
      'id event_type timestamp source correlation_id user_id session_id data_json created_at'.split(' '),
    );
    expect(columns('signal_events')).toEqual(
      (
        'id event_id signal_id symbol direction confidence pattern_type entry_price stop_pips target_pips ' +
        'expires_at created_at'
      ).split(' '),
    );
    expect(columns('trade_events')).toEqual(
      'id event_id fire_id ticket symbol direction volume open_price sl_price tp_price execution_time created_at'.split(
        ' ',
      ),
    );
    expect(columns('health_events')).toEqual(
      'id event_id component status uptime memory_usage cpu_usage message created_at'.split(' '),
    );
    expect(columns('event_stats')).toEqual('event_type count first_seen last_seen avg_timestamp'.split(' '));
  });

  it('fills the special tables, with lot_size as volume', () => {
    expect(ask('SELECT id, event_id, fire_id, ticket, symbol, volume, open_price FROM trade_events')).toEqual(
      [
        ['7', '7', 'F1', '', 'EURUSD', '0.1', ''],
        ['8', '8', 'F1', '5000000001', 'EURUSD', '0.1', '1.085'],
      ],
    );
    expect(
      ask(`SELECT e.source, s.signal_id FROM signal_events s JOIN events e ON e.id = s.event_id
        WHERE s.symbol = 'GBPUSD'`),
    ).toEqual([['elite_guard', 'S3']]);
  });

  it('sums up by type, and still does after somebody removed old events', () => {
    const stats = "SELECT * FROM event_stats WHERE event_type = 'market_data'";
    expect(ask(stats)).toEqual([['market_data', '2', '1000.0', '2000.0', '1500.0']]);
    execFileSync('sqlite3', [file, 'DELETE FROM event_rows WHERE seq = 9']);
    expect(ask(stats)).toEqual([['market_data', '1', '2000.0', '2000.0', '2000.0']]);
    expect(store.summary().rows).toBe(9);
    execFileSync('sqlite3', [file, 'DELETE FROM event_rows WHERE seq = 10']);
    expect(ask(stats)).toEqual([]);
  });

  it('compares created_at with text from strftime as a number, like timestamp', () => {
    expect(ask("SELECT COUNT(*) FROM events WHERE created_at > strftime('%s', 'now', '-20 hours')")).toEqual([
      ['8'],
    ]);
  });

  it('reads JSON out of data_json', () => {
    expect(ask("SELECT json_extract(data_json, '$.signal_id') FROM events WHERE id = 3")).toEqual([['S3']]);
  });
});

function knownEvents(now: number) {
  const signal = (symbol: string, signal_id: string, pattern_type: string, confidence: number) => ({
    event_type: 'signal_generated',
    source: 'elite_guard',
    correlation_id: signal_id,
    data: { signal_id, symbol, direction: 'BUY', confidence, pattern_type },
  });
  const health = (status: string) => ({
    event_type: 'system_health',
    source: 'event_bus',
    data: { component: 'bus', status, uptime: 1 },
  });
  const trade = { fire_id: 'F1', symbol: 'EURUSD', direction: 'BUY' };
  const events = [
    { ...signal('EURUSD', 'S1', 'SWEEP', 80), timestamp: now - 3600 },
    { ...signal('EURUSD', 'S2', 'SWEEP', 90), timestamp: now - 3600 },
    { ...signal('GBPUSD', 'S3', 'BREAKOUT', 60), timestamp: now - 7200 },
    { ...health('error'), timestamp: now },
    { ...health('running'), timestamp: now },
    { ...health('running'), timestamp: now },
    {
      event_type: 'fire_command',
      source: 'webapp',
      timestamp: now - 3600,
      data: { ...trade, lot_size: 0.1 },
    },
    {
      event_type: 'trade_executed',
      source: 'mt5_adapter',
      timestamp: now - 7200,
      data: { ...trade, ticket: 5_000_000_001, volume: 0.1, open_price: 1.085 },
    },
    { timestamp: 1000 },
    { timestamp: 2000 },
  ];
  const created = [0, 0, 0, 1, 0, 2, 0, 0, -100_000, -100_000];
  return events.map((event, i) => ({ ...loggedEvent(i + 1, event), appendedAt: now + created[i]! + 0.5 }));
}
