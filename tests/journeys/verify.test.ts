import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf, until, untilSaid } from '@bitten/proof';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { rebuiltOf, runVerify, startRebuild } from '../support/maintenance.js';
import { programs } from '../support/places.js';
import { seeded, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const count = 20_000;
const mebibyte = String(1024 * 1024);
const small = { BITTEN_SEGMENT_BYTES: mebibyte };

/** A folder with some segments, a store that has all of it and a dead letter, and nobody at work in it. */
async function atRest(seed: string): Promise<{ system: System; end: number }> {
  const system = await System.prepare();
  await system.startBus(small);
  await system.startCollector();
  const task = { name: 'engine', run: 0, seed, count, ackFile: system.file('acks') };
  await reportOf(system.runComponent('publisher', task));
  const client = await system.client();
  const body = Buffer.from('{"no":"event"}');
  await client.publish({ producer: 'p', first: 1, count: 1, acked: 0, body });
  await system.settled();
  await system.deadLettersSettled(1);
  await system.bus.stop();
  await system.collector.stop();
  return { system, end: count + 1 };
}

function change(file: string, edit: (content: Buffer) => void): () => void {
  const before = readFileSync(file);
  const content = Buffer.from(before);
  edit(content);
  writeFileSync(file, content);
  return () => writeFileSync(file, before);
}

describe('bitten verify', () => {
  test('while everything runs at full speed: sound, and nobody is held up', async () => {
    const system = await System.prepare();
    await system.startBus(small);
    await system.startCollector();
    const task = { name: 'engine', run: 0, seed: testSeed(), count, ackFile: system.file('acks') };
    const publisher = system.runComponent('publisher', task);
    await untilSaid(publisher, 'acked', 2_000);
    for (let i = 0; i < 3; i += 1) {
      const { ending, result } = await runVerify(system);
      expect(ending, JSON.stringify(result, null, 1)).toEqual({ code: 0, signal: null });
      expect(result.sound).toBe(true);
    }
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    const end = await system.settled();
    const { ending, result } = await runVerify(system);
    expect(ending.code).toBe(0);
    expect(result.log).toMatchObject({ first: 1, events: (result.log?.next ?? 0) - 1, findings: [] });
    expect(result.log?.next).toBeGreaterThanOrEqual(end);
    expect(result.store?.compared).toBeGreaterThanOrEqual(end - 1);
  });

  test('with a byte flipped in any kind of file: that file is named, and the place in it', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'flips');
    const { system, end } = await atRest(seed);
    const logDir = join(system.dataDir, 'log');
    const names = readdirSync(logDir).sort();
    const [segment] = names.filter((name) => name.endsWith('.seg')) as [string];
    const [index] = names.filter((name) => name.endsWith('.idx')) as [string];
    const producers = names.filter((name) => name.endsWith('.producers')).at(-1)!;

    for (let i = 0; i < 3; i += 1) {
      const at = random.integer(64, 900_000);
      const restore = change(
        join(logDir, segment),
        (content) => void content.writeUInt8(content[at]! ^ 1, at),
      );
      const { ending, result } = await runVerify(system);
      restore();
      expect(ending.code).toBe(1);
      const [finding] = (result.log?.findings ?? []).filter(({ kind }) => kind === 'events');
      expect(finding?.file).toBe(join(logDir, segment));
      expect(finding?.offset).toBeLessThanOrEqual(at);
      expect(result.log, 'all else is read').toMatchObject({ next: expect.any(Number) as number });
      expect(result.log!.next, 'and up to its end').toBeGreaterThanOrEqual(end);
      expect(result.store?.findings, 'the store has what the log has lost').toEqual([]);
    }
    for (const name of [index, producers, 'log.json', 'cursors.json']) {
      const at = /json$/.test(name) ? 0 : 20;
      const restore = change(join(logDir, name), (content) => void content.writeUInt8(content[at]! ^ 1, at));
      const { ending, result } = await runVerify(system, '--log');
      restore();
      expect(ending.code, name).toBe(1);
      expect(JSON.stringify([result.log?.findings, result.cursors]), name).toContain(name);
    }
    const id = change(join(logDir, 'log.json'), (content) => void content.write('00', 12));
    expect((await runVerify(system)).result.store?.findings).toMatchObject([{ kind: 'foreign' }]);
    id();
    const cursors = join(logDir, 'cursors.json');
    const ahead = JSON.stringify({ cursors: [{ name: 'me', log: 'events', next: 999_999 }] });
    const before = readFileSync(cursors);
    writeFileSync(cursors, ahead);
    expect((await runVerify(system)).result.cursors?.join()).toContain('the cursor me stands at 999999');
    writeFileSync(cursors, before);
    const letters = join(system.dataDir, 'dead-letters', '00000000000000000001.seg');
    const restore = change(letters, (content) => content.fill(0, 100, 120));
    expect((await runVerify(system)).result).toMatchObject({
      sound: false,
      store: { findings: [{ kind: 'position' }] },
    });
    restore();
    expect((await runVerify(system)).ending.code).toBe(0);
  });

  test('rows changed, removed and made up are named; rebuild puts them right', async () => {
    const { system } = await atRest(testSeed());
    const db = new Database(system.database);
    db.exec(`UPDATE event_rows SET data_short = '{}', shape_id = NULL WHERE seq = 77;
      DELETE FROM event_rows WHERE seq BETWEEN 500 AND 502;
      INSERT INTO event_rows SELECT 999999, type_id, source_id, symbol_id, shape_id, timestamp, appended,
        correlation_id, user_id, session_id, data_short, extra_json FROM event_rows WHERE seq = 1`);
    db.close();
    const { ending, result } = await runVerify(system);
    expect(ending.code).toBe(1);
    const rows = result.store?.findings.filter(({ table }) => table === 'event_rows');
    expect(rows?.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['changed', 77, 78],
      ['missing', 500, 503],
      ['extra', 999_999, 1_000_000],
    ]);
    const told = system.run('bitten verify', programs.cli, { args: ['verify'] });
    expect((await told.ended()).code).toBe(1);
    expect(told.lines.join('\n')).toContain('do       bitten rebuild');
    await rebuiltOf(startRebuild(system));
    expect((await runVerify(system)).result).toMatchObject({ sound: true, store: { findings: [] } });
  });

  test('a log that has lost its end is found by what the store has, and must not be rebuilt from', async () => {
    const { system } = await atRest(testSeed());
    const logDir = join(system.dataDir, 'log');
    const last = readdirSync(logDir)
      .filter((name) => name.endsWith('.seg'))
      .sort()
      .at(-1)!;
    rmSync(join(logDir, last));
    const { ending, result } = await runVerify(system);
    expect(ending.code).toBe(1);
    expect(result.store?.findings).toMatchObject([{ kind: 'position' }]);
    const told = system.run('bitten verify', programs.cli, { args: ['verify'] });
    await told.ended();
    expect(told.lines.join('\n')).toContain('restore the log first');
  });

  test('spools that wait are counted, and a folder that is not there is no success', async () => {
    const system = await System.prepare();
    await system.startBus();
    await system.bus.stop();
    const task = { name: 'engine', run: 0, seed: 's', count: 500, ackFile: system.file('acks') };
    const publisher = system.runComponent('publisher', task);
    const spooled = await until('events to be spooled', async () => {
      const { result } = await runVerify(system, '--log');
      return result.spools.find(({ waiting }) => waiting > 0);
    });
    expect(spooled).toMatchObject({ name: 'engine', why: null });
    await publisher.kill();
    const nowhere = system.run('bitten verify', programs.cli, { args: ['verify', '--data-dir', '/nowhere'] });
    expect((await nowhere.ended()).code).toBe(1);
    const wrong = system.run('bitten verify', programs.cli, { args: ['verify', '--what'] });
    expect((await wrong.ended()).code).toBe(2);
  });
});
