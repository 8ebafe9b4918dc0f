import { execFileSync } from 'node:child_process';
import { EventBridge } from '@bitten/bridge';
import { describe, expect, test } from 'vitest';
import { System } from '../support/system.js';
import { findSqliteShell, saySkipped } from '../support/tools.js';

const shell = findSqliteShell();
if (shell === undefined) saySkipped("the seed's SQL", 'no sqlite3 shell');

/** The statements of the seed's README, as they stand there. */
const seedSql = {
  count: 'SELECT COUNT(*) FROM events;',
  signalPerformance: `-- Signal performance by pattern
SELECT 
    pattern_type,
    AVG(confidence) as avg_confidence,
    COUNT(*) as signal_count
FROM signal_events 
GROUP BY pattern_type
ORDER BY avg_confidence DESC;`,
  healthOverview: `-- System health overview
SELECT 
    component,
    status,
    COUNT(*) as status_count,
    MAX(created_at) as last_seen
FROM health_events
GROUP BY component, status;`,
  volumeByHour: `-- Event volume by hour
SELECT 
    strftime('%H', datetime(timestamp, 'unixepoch')) as hour,
    event_type,
    COUNT(*) as event_count
FROM events
WHERE timestamp > strftime('%s', 'now', '-24 hours')
GROUP BY hour, event_type
ORDER BY hour, event_count DESC;`,
} as const;

function ask<Row>(system: System, sql: string): Row[] {
  // Over standard input: some statements begin with a comment, which as an argument would look like an option.
  const args = ['-readonly', '-json', '-bail', system.database];
  const answer = execFileSync(shell!, args, { input: sql, encoding: 'utf8', timeout: 30_000 });
  return answer === '' ? [] : (JSON.parse(answer) as Row[]);
}

const hour_s = 3600;

/** UTC, as SQLite's `strftime('%H', …)` says it. */
function hourOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(11, 13);
}

/** What is published here: [hours ago, type, data]. */
const published: ReadonlyArray<readonly [number, string, Record<string, unknown>]> = [
  [1, 'signal_generated', signal('S1', 'VCB_BREAKOUT', 80)],
  [1, 'signal_generated', signal('S2', 'VCB_BREAKOUT', 91)],
  [3, 'signal_generated', signal('S3', 'ORDER_BLOCK_BOUNCE', 60.5)],
  [30, 'signal_generated', signal('S4', 'LIQUIDITY_SWEEP_REVERSAL', 99)],
  [1, 'system_health', { component: 'webapp', status: 'running', uptime: 12 }],
  [2, 'system_health', { component: 'webapp', status: 'running', uptime: 11 }],
  [3, 'system_health', { component: 'webapp', status: 'error', message: 'no database' }],
  [30, 'system_health', { component: 'mt5_adapter', status: 'running' }],
  [1, 'market_data', { symbol: 'EURUSD', bid: 1.1, ask: 1.1001, volume: 3 }],
  [1, 'market_data', { symbol: 'EURUSD', bid: 1.1, ask: 1.1002, volume: 4 }],
  [1, 'market_data', { symbol: 'GBPUSD', bid: 1.3, ask: 1.3001 }],
  [25, 'market_data', { symbol: 'GBPUSD', bid: 1.3, ask: 1.3001 }],
];

function signal(signal_id: string, pattern_type: string, confidence: number): Record<string, unknown> {
  return { signal_id, symbol: 'EURUSD', direction: 'BUY', confidence, pattern_type };
}

/** Starts a system, publishes all of it, and waits until it is stored. */
async function publishedSystem(): Promise<{ system: System; now: number }> {
  const system = await System.start();
  const bridge = new EventBridge({ port: system.ports.bus, name: 'seed', spoolDir: false });
  const now = Date.now() / 1000;
  const receipts = published.map(([hoursAgo, event_type, data]) =>
    bridge.publish({ event_type, timestamp: now - hoursAgo * hour_s, source: 'test', data }),
  );
  await Promise.all(receipts);
  await bridge.close();
  await system.settled();
  return { system, now };
}

describe.skipIf(shell === undefined)("the seed's SQL, unchanged, in the sqlite3 shell", () => {
  test('counts every event; one more is the heartbeat of the bus', async () => {
    const { system } = await publishedSystem();
    expect(ask(system, seedSql.count)).toEqual([{ 'COUNT(*)': published.length + 1 }]);
  });

  test('signal performance by pattern', async () => {
    const { system } = await publishedSystem();
    expect(ask(system, seedSql.signalPerformance)).toEqual([
      { pattern_type: 'LIQUIDITY_SWEEP_REVERSAL', avg_confidence: 99, signal_count: 1 },
      { pattern_type: 'VCB_BREAKOUT', avg_confidence: 85.5, signal_count: 2 },
      { pattern_type: 'ORDER_BLOCK_BOUNCE', avg_confidence: 60.5, signal_count: 1 },
    ]);
  });

  test('system health overview, with when each was last stored', async () => {
    const { system, now } = await publishedSystem();
    const rows = ask<{ component: string; status: string; status_count: number; last_seen: number }>(
      system,
      seedSql.healthOverview,
    );
    expect(rows.map(({ component, status, status_count }) => [component, status, status_count])).toEqual([
      ['event_bus', 'started', 1],
      ['mt5_adapter', 'running', 1],
      ['webapp', 'error', 1],
      ['webapp', 'running', 2],
    ]);
    // When the bus appended it, in Unix seconds: not the event's own time, hours ago.
    for (const { last_seen } of rows) {
      expect(last_seen).toBeGreaterThan(now - 600);
      expect(last_seen).toBeLessThan(Date.now() / 1000 + 1);
    }
  });

  test('event volume by hour, of the last 24 hours only', async () => {
    const { system, now } = await publishedSystem();
    const expected = new Map<string, number>();
    const count = (hour: string, type: string) =>
      expected.set(`${hour} ${type}`, (expected.get(`${hour} ${type}`) ?? 0) + 1);
    for (const [hoursAgo, type] of published) if (hoursAgo < 24) count(hourOf(now - hoursAgo * hour_s), type);
    const [beat] = ask<{ timestamp: number }>(
      system,
      "SELECT timestamp FROM events WHERE source = 'event_bus'",
    );
    count(hourOf(beat!.timestamp), 'system_health');

    const rows = ask<{ hour: string; event_type: string; event_count: number }>(system, seedSql.volumeByHour);
    const found = rows.map((row) => [`${row.hour} ${row.event_type}`, row.event_count] as const);
    expect(new Map(found)).toEqual(expected);
    expect(found.length, 'no row twice').toBe(expected.size);
    const order = rows.map(({ hour, event_count }) => `${hour} ${1_000 - event_count}`);
    expect(order, 'by hour, the largest first').toEqual([...order].sort());
  });

  test('the tables and columns the running system has, and its statistics by type', async () => {
    const { system } = await publishedSystem();
    const columns = (table: string) =>
      Object.keys(ask<Record<string, unknown>>(system, `SELECT * FROM ${table} LIMIT 1`)[0] ?? {});
    const special = ['id', 'event_id'];
    expect(columns('events')).toEqual(
      'id event_type timestamp source correlation_id user_id session_id data_json created_at'.split(' '),
    );
    expect(columns('signal_events')).toEqual([
      ...special,
      ...'signal_id symbol direction confidence pattern_type entry_price stop_pips target_pips expires_at created_at'.split(
        ' ',
      ),
    ]);
    expect(columns('health_events')).toEqual([
      ...special,
      ...'component status uptime memory_usage cpu_usage message created_at'.split(' '),
    ]);
    const stats = ask<{ event_type: string; count: number }>(
      system,
      'SELECT event_type, count FROM event_stats ORDER BY event_type',
    );
    expect(stats).toEqual([
      { event_type: 'market_data', count: 4 },
      { event_type: 'signal_generated', count: 4 },
      { event_type: 'system_health', count: 5 },
    ]);
    expect(columns('event_stats')).toEqual([
      'event_type',
      'count',
      'first_seen',
      'last_seen',
      'avg_timestamp',
    ]);
  });
});
