import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventRows, type Program, readStore, reportOf, storedUpTo, until, untilSaid } from '@bitten/proof';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { checkStore, expectEach, runOf } from '../support/checks.js';
import { rebuiltOf, runVerify, startRebuild } from '../support/maintenance.js';
import { moments, scaled, seeded, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const count = scaled(30_000, 200_000);
const mebibyte = String(1024 * 1024);

/** A publisher's whole life, and everything of it in the store. */
async function published(
  system: System,
  seed: string,
  events = count,
): Promise<{ end: number; ackFile: string }> {
  const ackFile = system.file('acks');
  const task = { name: 'engine', run: 0, seed, count: events, ackFile };
  await reportOf(system.runComponent('publisher', task));
  return { end: await system.settled(), ackFile };
}

/** All rows that people can ask for. */
function everything(database: string): unknown {
  const tables = ['events', 'signal_events', 'trade_events', 'health_events', 'dead_letters'];
  return readStore(database, (db) =>
    tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1`).all()),
  );
}

/** Files of a rebuild, in whatever state. */
function leftovers(system: System): string[] {
  return readdirSync(system.dataDir).filter((name) => name.startsWith('bitten_events.db.'));
}

function damage(database: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, { force: true });
  const content = readFileSync(database);
  content.fill(0xa5, 0, 8_192);
  writeFileSync(database, content);
}

describe('bitten rebuild', () => {
  test('with nothing running, of a store that is damaged: the same rows again, and verify is content', async () => {
    const seed = testSeed();
    const system = await System.start();
    const { end, ackFile } = await published(system, seed);
    await system.collector.stop();
    const before = everything(system.database);
    await system.bus.stop();
    damage(system.database);
    expect((await runVerify(system)).ending.code).toBe(1);
    const rebuilt = await rebuiltOf(startRebuild(system));
    expect(rebuilt).toMatchObject({ by: 'rebuild', events: storedUpTo(system.database) - 1, lost: [] });
    expect(rebuilt.kept, 'a damaged store is kept').not.toBeNull();
    expect(leftovers(system).map((name) => `${system.dataDir}/${name}`)).toEqual([rebuilt.kept]);
    expect(statSync(system.database).mode & 0o777).toBe(0o600);
    expect(eventRows(system.database, `id < ${end}`)).toEqual((before as unknown[][])[0]!.slice(0, end - 1));
    const { ending, result } = await runVerify(system);
    expect(ending.code, JSON.stringify(result)).toBe(0);
    await system.startBus();
    await system.startCollector();
    await system.settled();
    checkStore(system.database, seed, [runOf(0, ackFile)]);
  });

  test('while publisher, bus and collector run: the collector goes on with the new one, every event once', async () => {
    const seed = testSeed();
    const system = await System.start();
    const ackFile = system.file('acks');
    const publisher = system.runComponent('publisher', { name: 'engine', run: 0, seed, count, ackFile });
    await untilSaid(publisher, 'acked', Math.floor(count / 10));
    const reader = new Database(system.database, { readonly: true });
    const countRows = reader.prepare('SELECT COUNT(*) FROM events').pluck();
    for (let i = 0; i < 3; i += 1) {
      const inode = statSync(system.database).ino;
      const rebuilt = await rebuiltOf(startRebuild(system));
      expect(rebuilt).toMatchObject({ by: 'collector', lost: [], kept: null });
      expect(statSync(system.database).ino).not.toBe(inode);
    }
    const seen = countRows.get();
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    await system.settled();
    expect(countRows.get(), 'who has the old file open reads it as it was').toBe(seen);
    reader.close();
    expect(system.collector.ending).toBeUndefined();
    expect(leftovers(system)).toEqual([]);
    const places = checkStore(system.database, seed, [runOf(0, ackFile)]);
    expect(places.get(0)?.length).toBe(count);
    expect((await runVerify(system)).ending.code).toBe(0);
  });

  test('rows older than the log are carried over; where they cannot be, it refuses and names them', async () => {
    const seed = testSeed();
    const system = await System.prepare();
    await system.startBus({ BITTEN_SEGMENT_BYTES: mebibyte, BITTEN_RETENTION_BYTES: mebibyte });
    await system.startCollector();
    const { end } = await published(system, seed, 20_000);
    const client = await system.client();
    const first = await until('retention to have removed something', async () => {
      const hello = await client.hello();
      return hello.first > 1 ? hello.first : undefined;
    });
    await client.publish({
      producer: 'p',
      first: 1,
      count: 1,
      acked: 0,
      body: Buffer.from('{"no":"event"}'),
    });
    await system.deadLettersSettled(1);
    await system.bus.stop();
    await system.collector.stop();
    const db = new Database(system.database);
    db.exec("UPDATE dead_letters SET status = 'corrected'");
    db.close();
    const before = everything(system.database);
    const rebuilt = await rebuiltOf(startRebuild(system));
    expect(rebuilt.carried.events).toBe(first - 1);
    expect(rebuilt.lost).toEqual([]);
    expectEach(
      eventRows(system.database, `id < ${end}`).map(({ id }) => id),
      1,
      end - 1,
    );
    expect(everything(system.database)).toEqual(before);
    expect((await runVerify(system)).result).toMatchObject({
      sound: true,
      store: { older: { events: first - 1 } },
    });

    const harmed = new Database(system.database);
    harmed.exec('DELETE FROM event_rows WHERE seq BETWEEN 500 AND 599');
    harmed.close();
    const verified = await runVerify(system, '--store');
    expect(verified.ending.code).toBe(1);
    expect(verified.result.store?.findings).toMatchObject([{ kind: 'missing', from: 500, to: 600 }]);
    const holed = startRebuild(system);
    expect((await holed.ended()).code).toBe(1);
    expect(holed.tail()).toContain('events 500 to 599 would be lost');
    expect(holed.tail()).toContain('--lose-before 600');
    const givenUp = await rebuiltOf(startRebuild(system, '--lose-before', '600'));
    expect(givenUp.lost).toEqual([{ log: 'events', from: 500, to: 600 }]);
    expect(eventRows(system.database, `id < ${end}`).length).toBe(end - 1 - 100);
    expect((await runVerify(system)).ending.code).toBe(0);

    damage(system.database);
    const refused = startRebuild(system);
    expect((await refused.ended()).code).toBe(1);
    expect(refused.tail()).toContain(`events 1 to ${first - 1} would be lost`);
    expect(refused.tail()).toContain(`--lose-before ${first}`);
    expect(leftovers(system)).toEqual([]);
    const tooLittle = startRebuild(system, '--lose-before', String(first - 1));
    expect((await tooLittle.ended()).code).toBe(1);
    const given = await rebuiltOf(startRebuild(system, '--lose-before', String(first)));
    expect(given.lost).toEqual([{ log: 'events', from: 1, to: first }]);
    expectEach(
      eventRows(system.database, `id < ${end}`).map(({ id }) => id),
      first,
      end - 1,
    );
    const gaps = readStore(system.database, (store) =>
      store.prepare('SELECT log, from_seq, to_seq FROM gaps').all(),
    );
    expect(gaps).toEqual([{ log: 'events', from_seq: 1, to_seq: first }]);
  });

  test('what a damaged log has lost is taken from the old store; without one it refuses', async () => {
    const seed = testSeed();
    const system = await System.prepare();
    await system.startBus({ BITTEN_SEGMENT_BYTES: mebibyte });
    await system.startCollector();
    const { end, ackFile } = await published(system, seed, 20_000);
    await system.bus.stop();
    await system.collector.stop();
    const [segment] = readdirSync(`${system.dataDir}/log`)
      .filter((name) => name.endsWith('.seg'))
      .sort();
    const content = readFileSync(`${system.dataDir}/log/${segment}`);
    content.fill(0x7b, 200_000, 200_010);
    writeFileSync(`${system.dataDir}/log/${segment}`, content);
    const rebuilt = await rebuiltOf(startRebuild(system));
    expect(rebuilt.carried.events).toBeGreaterThan(0);
    expect(rebuilt.lost).toEqual([]);
    expect(storedUpTo(system.database)).toBeGreaterThanOrEqual(end);
    checkStore(system.database, seed, [runOf(0, ackFile)]);
    damage(system.database);
    const refused = startRebuild(system);
    expect((await refused.ended()).code).toBe(1);
    expect(refused.tail()).toMatch(/events \d+( to \d+)? would be lost/);
  });

  test('whatever pages of the store are damaged, also under a running collector: nothing is lost', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'pages');
    const system = await System.start();
    const { ackFile } = await published(system, seed, 10_000);
    for (let i = 0; i < scaled(5, 20); i += 1) {
      if (i % 2 === 0) await system.collector.stop();
      else await system.settled();
      const page = random.integer(1, Math.floor(statSync(system.database).size / 4_096) - 1);
      const fd = openSync(system.database, 'r+');
      writeSync(fd, Buffer.alloc(4_096, random.integer(1, 255)), 0, 4_096, page * 4_096);
      closeSync(fd);
      expect((await rebuiltOf(startRebuild(system))).lost).toEqual([]);
      if (system.collector.ending !== undefined) await system.startCollector();
      await system.settled();
      checkStore(system.database, seed, [runOf(0, ackFile)]);
    }
    expect((await runVerify(system)).ending.code).toBe(0);
  });

  test('a collector whose store is damaged says what helps, and that helps', async () => {
    const seed = testSeed();
    const system = await System.start();
    const { ackFile } = await published(system, seed, 5_000);
    await system.collector.stop();
    damage(system.database);
    const collector = system.launchCollector();
    const told = await collector.logged('why it cannot start', ({ level }) => level === 'fatal');
    expect(JSON.stringify(told.err)).toContain('bitten rebuild');
    expect((await collector.ended()).code).toBe(1);
    expect(await rebuiltOf(startRebuild(system))).toMatchObject({ by: 'rebuild', lost: [] });
    await system.startCollector();
    await system.settled();
    checkStore(system.database, seed, [runOf(0, ackFile)]);
  });

  test('a second one at the same time is refused', async () => {
    const system = await System.start();
    const held = JSON.parse(readFileSync(`${system.dataDir}/collector.lock`, 'utf8')) as object;
    writeFileSync(`${system.dataDir}/rebuild.lock`, JSON.stringify({ ...held, role: 'rebuild' }));
    const second = startRebuild(system);
    expect((await second.ended()).code).toBe(1);
    expect(second.tail()).toContain('rebuild.lock is held');
  });
});

describe('retention of the store', () => {
  test('bounds it while events come at full speed, and verify and rebuild know what is not there', async () => {
    const system = await System.prepare();
    const bytes_max = 4 * 1024 * 1024;
    await system.startBus();
    await system.startCollector({ BITTEN_STORE_RETENTION_BYTES: String(bytes_max) });
    const { end } = await published(system, testSeed(), 60_000);
    const first = await until('the oldest rows to have gone', () => {
      const [row] = eventRows(system.database, 'id = (SELECT MIN(id) FROM events)');
      return row !== undefined && row.id > 1 ? row.id : undefined;
    });
    expect(statSync(system.database).size).toBeLessThan(bytes_max * 1.5);
    const { ending, result } = await runVerify(system);
    expect(ending.code, JSON.stringify(result)).toBe(0);
    expect(result.store?.gaps).toMatchObject([{ log: 'events', from: 1 }]);
    expect(result.store?.gaps[0]?.to).toBeGreaterThanOrEqual(first);
    await rebuiltOf(startRebuild(system));
    expect(system.collector.ending).toBeUndefined();
    await system.settled();
    expect(storedUpTo(system.database)).toBeGreaterThanOrEqual(end);
  });
});

describe('killed on the way', () => {
  test('rebuild itself, whenever: the old store or the new one, whole, and the next one clears up', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'rebuild');
    const system = await System.start();
    const { end, ackFile } = await published(system, seed);
    for (let i = 0; i < scaled(6, 20); i += 1) {
      const rebuild = startRebuild(system);
      await killAfter(rebuild, random.integer(100, 1_500));
      expect(readStore(system.database, (db) => db.pragma('quick_check', { simple: true }))).toBe('ok');
      expect(storedUpTo(system.database)).toBeGreaterThanOrEqual(end);
      checkStore(system.database, seed, [runOf(0, ackFile)]);
    }
    await rebuiltOf(startRebuild(system));
    expect(leftovers(system)).toEqual([]);
    await system.settled();
    checkStore(system.database, seed, [runOf(0, ackFile)]);
    expect(system.collector.ending, 'the collector has gone through all of it').toBeUndefined();
  });

  test('the collector, about when it takes over: rebuild finishes it, every event is stored once', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'collector');
    const system = await System.start();
    const ackFile = system.file('acks');
    const publisher = system.runComponent('publisher', { name: 'engine', run: 0, seed, count, ackFile });
    for (const moment of moments(random, scaled(4, 10))) {
      await untilSaid(publisher, 'acked', Math.floor(moment * count));
      const rebuild = startRebuild(system);
      await until('the new store to wait', () => existsSync(`${system.database}.rebuilt`) || rebuild.ending, {
        every_ms: 1,
      });
      await sleep(random.integer(0, 40));
      await system.collector.kill();
      await rebuiltOf(rebuild);
      await system.startCollector();
    }
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    await system.settled();
    expect(leftovers(system)).toEqual([]);
    expect(checkStore(system.database, seed, [runOf(0, ackFile)]).get(0)?.length).toBe(count);
    expect((await runVerify(system)).ending.code).toBe(0);
  });

  test('the bus: rebuild goes on from the files, and nothing that was acknowledged is missing', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'bus');
    const system = await System.start();
    const ackFile = system.file('acks');
    const publisher = system.runComponent('publisher', { name: 'engine', run: 0, seed, count, ackFile });
    for (const moment of moments(random, scaled(3, 8))) {
      await untilSaid(publisher, 'acked', Math.floor(moment * count));
      const rebuild = startRebuild(system);
      await sleep(random.integer(200, 900));
      await system.bus.kill();
      await rebuiltOf(rebuild);
      await system.startBus();
    }
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    await system.settled();
    expect(checkStore(system.database, seed, [runOf(0, ackFile)]).get(0)?.length).toBe(count);
    expect((await runVerify(system)).ending.code).toBe(0);
  });
});

/** Kills a program so long after its start, or lets it be where it has ended by then. */
async function killAfter(program: Program, ms: number): Promise<void> {
  await Promise.race([program.ended(), sleep(ms)]);
  await program.kill();
}
