import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { deadLetterRows, eventRows, readStore } from '@bitten/proof';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { programs } from '../support/places.js';
import { addPythonRows, makePythonDatabase, type PythonRowValues } from '../support/python-database.js';
import { full, scaled, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';
import { findSqliteShell } from '../support/tools.js';

const shell = findSqliteShell();

interface Day {
  event_type: string;
  day: string;
  rows: number;
  stored: number;
  dead_letters: number;
}

interface Moved {
  stored: number;
  already_there: number;
  dead_letters: number;
  reasons: string[];
  comparison: { isEqual: boolean; days: Day[] };
}

async function moveIn(system: System, file: string): Promise<Moved> {
  const cli = system.run('bitten import', programs.cli, { args: ['import', '--json', file] });
  expect(await cli.ended(), cli.tail()).toEqual({ code: 0, signal: null });
  return JSON.parse(cli.lines[0]!) as Moved;
}

async function refusal(system: System, file: string): Promise<string> {
  const cli = system.run('bitten import', programs.cli, { args: ['import', file] });
  expect(await cli.ended()).toEqual({ code: 1, signal: null });
  return cli.tail();
}

function ask(file: string, sql: string): unknown[] {
  const db = new Database(file, { readonly: true });
  const rows = db.prepare(sql).raw().all();
  db.close();
  return rows;
}

/** The seed's signal performance by pattern, as it stands there, asked by the shell that people have. */
function inShell(file: string): string {
  const sql = `SELECT
    pattern_type,
    AVG(confidence) as avg_confidence,
    COUNT(*) as signal_count
FROM signal_events
GROUP BY pattern_type
ORDER BY avg_confidence DESC;`;
  const answer = execFileSync(shell!, ['-readonly', '-bail', file], {
    input: sql,
    encoding: 'utf8',
    timeout: 30_000,
  });
  // The last digit of a mean depends on the order in which it was added up.
  return answer.replace(/\d+\.\d{9,}/g, (mean) => Number(mean).toFixed(9));
}

/** The seed's analytics, but for `created_at`, which is when this bus took the row in; the bus's own health aside. */
const analytics = [
  `SELECT event_type, date(timestamp, 'unixepoch') AS day, COUNT(*) FROM events
    WHERE source != 'event_bus' GROUP BY 1, 2 ORDER BY 1, 2`,
  `SELECT pattern_type, round(AVG(confidence), 9), COUNT(*) FROM signal_events GROUP BY pattern_type ORDER BY 1`,
  `SELECT component, status, COUNT(*) FROM health_events WHERE component != 'event_bus'
    GROUP BY component, status ORDER BY 1, 2`,
  `SELECT fire_id, ticket, symbol, direction, volume, open_price, execution_time FROM trade_events ORDER BY id`,
  `SELECT event_type, count, first_seen, last_seen, round(avg_timestamp, 3) FROM event_stats
    WHERE event_type != 'system_health' ORDER BY event_type`,
  `SELECT strftime('%H', datetime(timestamp, 'unixepoch')) AS hour, event_type, COUNT(*) FROM events
    WHERE source != 'event_bus' GROUP BY hour, event_type ORDER BY 1, 2`,
  `SELECT event_type, timestamp, source, correlation_id, user_id, session_id, data_json FROM events
    WHERE source != 'event_bus' ORDER BY id`,
];

describe('the database of the Python system', () => {
  test('moves in whole, byte for byte, and answers as before; what is new later comes after it', async () => {
    const seed = testSeed();
    const system = await System.start();
    const file = system.file('python.db');
    const rows = scaled(20_000, 1_000_000);
    makePythonDatabase(file, { rows, seed });

    const moved = await moveIn(system, file);
    expect(moved).toMatchObject({
      stored: rows,
      already_there: 0,
      dead_letters: 0,
      comparison: { isEqual: true },
    });
    for (const day of moved.comparison.days)
      expect(day.stored, `${day.event_type} on ${day.day}`).toBe(day.rows);
    // A million rows side by side are more than one process wants to hold.
    const questions = full ? analytics.slice(0, -1) : analytics;
    for (const sql of questions) expect(ask(system.database, sql)).toEqual(ask(file, sql));

    if (shell !== undefined) expect(inShell(system.database)).toBe(inShell(file));

    const more = [
      'user_action',
      1_757_957_318.25,
      'webapp',
      null,
      '7',
      null,
      '{"user_id": "7", "action": "x"}',
      1,
    ];
    addPythonRows(file, () => [more as PythonRowValues]);
    expect(await moveIn(system, file)).toMatchObject({ stored: 1, already_there: rows });
    expect(await moveIn(system, file)).toMatchObject({ stored: 0, already_there: rows + 1 });
    expect(ask(system.database, analytics[0]!)).toEqual(ask(file, analytics[0]!));
  });

  test('what makes no valid event is a dead letter with its row and reason, and is counted as one', async () => {
    const system = await System.start();
    const file = system.file('python.db');
    const tick = '{"symbol": "EURUSD", "bid": 1.1, "ask": 1.2, "timestamp": 1757957318.5}';
    const row = (changes: Partial<Record<number, unknown>>): PythonRowValues => {
      const values = [
        'market_data',
        1_757_957_318.1234567,
        'mt5_feed',
        null,
        null,
        null,
        tick,
        1_757_957_318.2,
      ];
      for (const [at, value] of Object.entries(changes)) values[Number(at)] = value as string;
      return values as PythonRowValues;
    };
    addPythonRows(file, () => [
      row({}),
      row({ 6: tick.replace('1.1', 'NaN') }),
      row({ 6: `${tick}, "source": "somebody else"` }),
      row({ 6: '{"symbol": "EURUSD"' }),
      row({ 6: Buffer.from('{}') }),
      row({ 1: 'yesterday' }),
      row({ 4: 7n, 3: 'C"1' }),
      row({ 6: '["no object"]' }),
      row({ 6: tick.replace('EURUSD', 'A SYMBOL THAT IS TOO LONG') }),
      row({ 6: `${tick}\u0000, and more` }),
      row({ 6: `{"symbol": "${'x'.repeat(9 * 1024 * 1024)}"}` }),
    ]);
    const moved = await moveIn(system, file);
    expect(moved).toMatchObject({ stored: 2, dead_letters: 9, comparison: { isEqual: true } });
    expect(moved.reasons[0]).toMatch(/^row 2 \(dead letter 1\): data: expected object, found "/);
    const stored = eventRows(system.database, "source = 'mt5_feed'");
    expect(stored.map(({ timestamp, data_json }) => [timestamp, data_json])).toEqual([
      [1_757_957_318.1234567, tick],
      [1_757_957_318.1234567, tick],
    ]);
    expect(stored[1]).toMatchObject({ correlation_id: 'C"1', user_id: '7' });
    const letters = deadLetterRows(system.database).map(({ payload }) => JSON.parse(payload));
    expect(letters.map(({ imported }) => imported.id)).toEqual([2, 3, 4, 5, 6, 8, 9, 10, 11]);
    expect(letters[1]).toMatchObject({ source: 'mt5_feed', data: expect.stringContaining('somebody else') });
    const extras = readStore(system.database, (db) =>
      db.prepare('SELECT extra_json FROM event_rows WHERE extra_json IS NOT NULL').pluck().get(),
    );
    expect(JSON.parse(extras as string)).toMatchObject({ imported: { id: 1, created_at: 1_757_957_318.2 } });
  });

  test('is whole whatever its ids, times and types are', async () => {
    const system = await System.start();
    const file = system.file('python.db');
    makePythonDatabase(file, { rows: 3, seed: 'ids' });
    const db = new Database(file);
    const copy = (id: string, changes = 'event_type, timestamp') =>
      db.exec(`INSERT INTO events SELECT ${id}, ${changes}, source, correlation_id, user_id, session_id, data_json,
        created_at FROM events WHERE id = 1`);
    const ids = ['-9223372036854775808', '-7', '0', '9007199254740993', '9007199254740995'];
    for (const id of ids) copy(id);
    copy('9223372036854775806', `event_type, 253402300800.5`);
    copy('9223372036854775807', `'a type of its own', timestamp`);
    db.close();
    const moved = await moveIn(system, file);
    expect(moved.comparison.isEqual, JSON.stringify(moved)).toBe(true);
    expect(moved.stored + moved.dead_letters).toBe(10);
    const extras = readStore(system.database, (store) =>
      store
        .prepare("SELECT extra_json FROM event_rows WHERE extra_json LIKE '%imported%' ORDER BY seq")
        .pluck()
        .all(),
    ) as string[];
    const kept = extras.map((extra) => /"id":(-?\d+)/.exec(extra)?.[1]);
    expect(kept.slice(0, 8)).toEqual([...ids.slice(0, 3), '1', '2', '3', ...ids.slice(3)]);
    const again = await moveIn(system, file);
    expect(again).toMatchObject({ stored: 0, comparison: { isEqual: true } });
  });

  test('is imported up to a damaged page at most, told what helps, and goes on when that is done', async () => {
    const system = await System.start();
    const file = system.file('python.db');
    makePythonDatabase(file, { rows: 12_000, seed: 'damage' });
    const db = new Database(file);
    db.pragma('journal_mode = DELETE');
    // Far behind the first blocks, and before the end, where the highest id stands.
    const pages = db
      .prepare("SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' ORDER BY path")
      .pluck()
      .all() as number[];
    const page = pages[Math.floor(pages.length * 0.8)]!;
    db.close();
    const sound = readFileSync(file);
    const damaged = Buffer.from(sound);
    damaged.fill(0xff, (page - 1) * 4_096, page * 4_096);
    writeFileSync(file, damaged);
    expect(await refusal(system, file)).toMatch(/malformed[\s\S]*\.recover/);
    writeFileSync(file, sound);
    const moved = await moveIn(system, file);
    expect(moved.stored + moved.already_there).toBe(12_000);
    expect(moved.already_there).toBeGreaterThan(0);
    expect(moved.comparison.isEqual).toBe(true);
  });

  test('is read while its collector writes, and left as it is', async () => {
    const system = await System.start();
    const file = system.file('python.db');
    makePythonDatabase(file, { rows: 500, seed: 'still' });
    const writer = new Database(file);
    writer.exec('BEGIN IMMEDIATE; DELETE FROM events WHERE id > 400');
    expect(await moveIn(system, file), 'what is committed').toMatchObject({ stored: 500 });
    writer.exec('ROLLBACK');
    writer.close();
    const before = readFileSync(file);
    await moveIn(system, file);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('is told from our own store, and from other databases', async () => {
    const system = await System.start();
    expect(await refusal(system, system.database)).toContain('the store of a BITTEN Event Bus');
    const other = system.file('other.db');
    new Database(other).exec('CREATE TABLE events (id INTEGER PRIMARY KEY, what TEXT)').close();
    expect(await refusal(system, other)).toContain('a table events without event_type, timestamp');
    const view = system.file('view.db');
    makePythonDatabase(view, { rows: 3, seed: 'view' });
    new Database(view)
      .exec(
        'ALTER TABLE events RENAME TO old; CREATE VIEW events AS SELECT * FROM old UNION ALL SELECT * FROM old',
      )
      .close();
    expect(await refusal(system, view)).toContain('events is a view');
  });
});
