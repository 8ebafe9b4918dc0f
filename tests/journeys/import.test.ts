import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deadLetterRows, eventRows, readStore, until } from '@bitten/proof';
import { describe, expect, test } from 'vitest';
import { makeBars, makeSignals, makeTicks, type SignalLine, writeLines } from '../support/market-files.js';
import { programs, realDataFolder } from '../support/places.js';
import { scaled, seeded, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';
import { saySkipped } from '../support/tools.js';

const realData = realDataFolder();
if (realData === undefined) saySkipped('the import of real data', 'no ../shared/data beside the checkout');

interface Imported {
  stored: number;
  already_there: number;
  dead_letters: number;
}

/** `bitten import`, to its end; what it says of each file. */
async function importFiles(system: System, ...files: string[]): Promise<Imported[]> {
  const cli = system.run('bitten import', programs.cli, { args: ['import', '--json', ...files] });
  const ending = await cli.ended();
  expect(ending, cli.tail()).toEqual({ code: 0, signal: null });
  await system.settled();
  return cli.lines.map((line) => {
    const { stored, already_there, dead_letters } = JSON.parse(line) as Imported;
    return { stored, already_there, dead_letters };
  });
}

function countOf(system: System, type: string): number {
  const sql = 'SELECT COUNT(*) FROM events WHERE event_type = ?';
  return readStore(system.database, (db) => db.prepare(sql).pluck().get(type) as number) ?? 0;
}

/** The share of winning signals by pattern, by SQL over the store. */
function storedWinRates(system: System): Map<string, [wins: number, count: number]> {
  const sql = `SELECT json_extract(data_json, '$.pattern') AS pattern,
      SUM(json_extract(data_json, '$.outcome') = 'WIN') AS wins, COUNT(*) AS count
    FROM events WHERE event_type = 'signal_outcome' GROUP BY pattern`;
  const rows = readStore(system.database, (db) => db.prepare(sql).all()) as
    | Array<{ pattern: string; wins: number; count: number }>
    | undefined;
  return new Map((rows ?? []).map(({ pattern, wins, count }) => [pattern, [wins, count]]));
}

/** The same by counting over the file's lines. */
function countedWinRates(lines: readonly SignalLine[]): Map<string, [wins: number, count: number]> {
  const rates = new Map<string, [wins: number, count: number]>();
  for (const { signal_id, pattern, win } of lines) {
    if (signal_id === undefined || win === undefined || pattern === undefined) continue;
    const [wins, count] = rates.get(pattern) ?? [0, 0];
    rates.set(pattern, [wins + (win ? 1 : 0), count + 1]);
  }
  return rates;
}

/** What a signal must have, and under which names the files have it. */
const required = {
  signal_id: ['signal_id'],
  symbol: ['symbol', 'pair'],
  direction: ['direction'],
  confidence: ['confidence'],
  pattern_type: ['pattern_type', 'pattern'],
};

/** Each dead letter's reasons must name what its line lacks. */
function expectReasons(system: System, broken: readonly SignalLine[]): void {
  const letters = deadLetterRows(system.database);
  expect(letters).toHaveLength(broken.length);
  for (const [i, line] of broken.entries()) {
    const lacking = Object.entries(required)
      .filter(([, names]) => !names.some((name) => name in line))
      .map(([field]) => `data.${field}`);
    const issues = JSON.parse(letters[i]!.issues_json) as Array<{ path: string; code: string }>;
    expect(lacking.length).toBeGreaterThan(0);
    for (const path of lacking)
      expect(issues).toContainEqual(expect.objectContaining({ path, code: 'missing' }));
  }
}

describe('bitten import', () => {
  test('signals with outcomes, ticks and bars; a second time nothing is stored twice', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'files');
    const system = await System.start();
    const [signals, ticks, bid, ask] = [
      'outcomes.jsonl',
      'eurusd-ticks.csv',
      'gbpusd-bid.csv',
      'gbpusd-ask.csv',
    ].map((name) => system.file(name)) as [string, string, string, string];
    const lines = makeSignals(random, 1_500, [7, 1_200]);
    writeLines(signals, lines);
    writeLines(ticks, makeTicks(random, 700));
    writeLines(bid, makeBars(random, 400, [10]));
    writeLines(ask, makeBars(random, 400, [10, 50, 51]));

    expect(await importFiles(system, signals, ticks, bid, ask)).toEqual([
      { stored: 2_996, already_there: 0, dead_letters: 2 },
      { stored: 700, already_there: 0, dead_letters: 0 },
      { stored: 397, already_there: 0, dead_letters: 0 },
    ]);
    await system.deadLettersSettled(2);
    const once = eventRows(system.database);
    expect(countOf(system, 'signal_generated')).toBe(1_498);
    expect(countOf(system, 'signal_outcome')).toBe(1_498);
    expect(countOf(system, 'market_data')).toBe(1_097);
    expect(storedWinRates(system)).toEqual(countedWinRates(lines));
    expectReasons(system, [lines[7]!, lines[1_200]!]);
    const [first] = eventRows(system.database, "event_type = 'signal_generated'");
    expect(first?.timestamp, 'a time without a zone is UTC').toBe(
      Date.parse(`${lines[0]!.timestamp.slice(0, -3)}Z`) / 1000 + 0.000103,
    );

    const again = await importFiles(system, signals, ticks, bid, ask);
    expect(again.map(({ stored }) => stored)).toEqual([0, 0, 0]);
    expect(eventRows(system.database)).toEqual(once);
    expect(deadLetterRows(system.database)).toHaveLength(2);
  });

  test('a file that has grown: only the new lines are stored', async () => {
    const seed = testSeed();
    const system = await System.start();
    const file = system.file('outcomes.jsonl');
    const lines = makeSignals(seeded(seed, 'file'), 2_345);
    for (const length of [900, 1_000, 1_777, 2_345]) {
      writeLines(file, lines.slice(0, length));
      await importFiles(system, file);
      expect(countOf(system, 'signal_generated')).toBe(length);
      expect(countOf(system, 'signal_outcome')).toBe(length);
    }
  });

  test('killed in the middle, again and again, and begun again: every line once, in order', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'kills');
    const system = await System.start();
    const file = system.file('eurusd-ticks.csv');
    const ticks = makeTicks(seeded(seed, 'file'), scaled(60_000, 400_000));
    writeLines(file, ticks);
    const client = await system.client();
    for (let kill = 1; kill <= 3; kill += 1) {
      const from = (await client.hello()).next;
      const until_seq = from + random.integer(1_500, Math.floor(ticks.length / 6));
      const cli = system.run('bitten import', programs.cli, { args: ['import', file] });
      await until('the import to come so far', async () => (await client.hello()).next >= until_seq, {
        every_ms: 1,
      });
      await cli.kill();
      expect(cli.ending?.signal, 'it was in the middle of it').toBe('SIGKILL');
    }
    const [result] = await importFiles(system, file);
    expect(result!.stored).toBeLessThan(ticks.length);
    expect(result!.stored + result!.already_there).toBe(ticks.length);
    const asks = eventRows(system.database, "event_type = 'market_data'").map(
      ({ data_json }) => (JSON.parse(data_json) as { ask: number }).ask,
    );
    expect(asks).toEqual(ticks.map((tick) => Number(tick.split(',')[2])));
  });

  test('the bus killed in the middle of it: it waits, goes on, and stores every line once', async () => {
    const seed = testSeed();
    const system = await System.start();
    const file = system.file('eurusd-ticks.csv');
    const ticks = makeTicks(seeded(seed, 'file'), scaled(60_000, 400_000));
    writeLines(file, ticks);
    const cli = system.run('bitten import', programs.cli, { args: ['import', '--json', file] });
    const client = await system.client();
    await until('the import to be on its way', async () => (await client.hello()).next > 2_000, {
      every_ms: 1,
    });
    await system.bus.kill();
    expect(cli.ending).toBeUndefined();
    await system.startBus();
    expect(await cli.ended(), cli.tail()).toEqual({ code: 0, signal: null });
    await system.settled();
    expect(countOf(system, 'market_data')).toBe(ticks.length);
  });
});

describe.skipIf(realData === undefined)('the real data of the running system', () => {
  test('comes in whole, once, and answers as the files do', async () => {
    const system = await System.start();
    const real = (name: string) => join(realData!, name);
    const signals = real('bitten-signal-outcomes-2025.jsonl');
    const files = [
      signals,
      real('eurusd-ticks-2020-01.csv'),
      real('gbpusd-m1-bid-2012.csv'),
      real('gbpusd-m1-ask-2012.csv'),
    ];
    expect(await importFiles(system, ...files)).toEqual([
      { stored: 6_716, already_there: 0, dead_letters: 3 },
      { stored: 9_500, already_there: 0, dead_letters: 0 },
      { stored: 30_117, already_there: 0, dead_letters: 0 },
    ]);
    await system.deadLettersSettled(3);
    expect(countOf(system, 'signal_generated')).toBe(3_358);
    expect(countOf(system, 'signal_outcome')).toBe(3_358);
    expect(countOf(system, 'market_data')).toBe(9_500 + 30_117);
    const lines = readFileSync(signals, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as SignalLine);
    expect(storedWinRates(system)).toEqual(countedWinRates(lines));
    expectReasons(
      system,
      lines.filter(({ direction }) => direction === undefined),
    );

    const end = await system.settled();
    const again = await importFiles(system, ...files);
    expect(again.map(({ stored }) => stored)).toEqual([0, 0, 0]);
    expect(await system.settled()).toBe(end);
    expect(deadLetterRows(system.database)).toHaveLength(3);
  });
});
