import { renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import {
  eventRows,
  lastSaid,
  type Program,
  readNumbers,
  readStore,
  reportOf,
  until,
  untilLines,
  untilSaid,
} from '@bitten/proof';
import type { BusClient } from '@bitten/transport';
import { describe, expect, test } from 'vitest';
import { checkStore, expectEach, runOf } from '../support/checks.js';
import { programs } from '../support/places.js';
import { moments, scaled, seeded, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const count = scaled(30_000, 200_000);

describe('restarts', () => {
  test('the bus, in good order, under everybody: the subscriber sees every seq once', async () => {
    const seed = testSeed();
    const system = await System.start();
    const [seen, ackFile] = [system.file('seen'), system.file('acks')];
    const subscriber = system.runComponent('subscriber', { name: 'tracker', from: 'start', file: seen });
    await until('the subscriber to be ready', () => lastSaid(subscriber, 'ready'));
    const task = { name: 'engine', run: 0, seed, count, ackFile, outstanding_max: 2_000 };
    const publisher = system.runComponent('publisher', task);
    for (const moment of moments(seeded(seed, 'restarts'), scaled(6, 20))) {
      await untilSaid(publisher, 'acked', Math.floor(moment * count));
      expect(await system.bus.stop()).toEqual({ code: 0, signal: null });
      expect(complaintsOf(system.bus), 'whoever was being served').toEqual([]);
      expect(publisher.ending, 'the publisher was in the middle of it').toBeUndefined();
      await system.startBus();
    }
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    const end = await system.settled();
    expect(checkStore(system.database, seed, [runOf(0, ackFile)]).get(0)?.length).toBe(count);
    await untilLines(seen, end - 1);
    expectEach(readNumbers(seen), 1, end - 1);
  });

  test('a subscriber with a durable cursor, killed: it goes on where it was and misses nothing', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'kills');
    const system = await System.start();
    const ackFile = system.file('acks');
    await reportOf(
      system.runComponent('publisher', { name: 'engine', run: 0, seed, count: 20_000, ackFile }),
    );
    const end = await system.settled();
    const client = await system.client();
    const lives: number[][] = [];
    for (let life = 0; life < 4; life += 1) {
      const file = system.file(`seen-${life}`);
      // A backlog and a handler that takes its time: far more is fetched than has been dealt with.
      const task = { name: 'tracker', cursor: 'tracker', from: 'start', file, pause_ms: 15 };
      const subscriber = system.runComponent('subscriber', task);
      await untilLines(file, random.integer(300, 2_000));
      if (life < 3) {
        await until('the cursor to move', async () => (await cursorOf(client)) > readNumbers(file)[0]!);
      } else {
        await until('the last event', () => readNumbers(file).at(-1) === end - 1);
      }
      await subscriber.kill();
      lives.push(readNumbers(file));
    }
    for (const [life, seqs] of lives.entries()) {
      expectEach(seqs, seqs[0]!, seqs.at(-1)!);
      const before = lives[life - 1];
      if (before === undefined) expect(seqs[0]).toBe(1);
      // Some of the last may come again; never is one left out, and never does it begin anew.
      else expect(seqs[0]!, `life ${life} goes on`).toBeLessThanOrEqual(before.at(-1)! + 1);
    }
    expect(lives.at(-1)![0]!, 'the cursor had moved').toBeGreaterThan(1);
  });

  test('a log that was cut is not gone on with by those who have read more of it', async () => {
    const seed = testSeed();
    const system = await System.start();
    const task = { name: 'engine', run: 0, seed, count: 2_000, ackFile: system.file('acks') };
    await reportOf(system.runComponent('publisher', task));
    await system.settled();
    expect((await system.collector.stop()).code).toBe(0);
    await system.bus.stop();
    const log = join(system.dataDir, 'log');
    const segment = join(log, '00000000000000000001.seg');
    truncateSync(segment, 64);

    const refused = system.run('bus', programs.bus);
    expect((await refused.ended()).code).toBe(1);
    expect(refused.tail()).toContain('log_behind');

    // Its cursors gone, the bus cannot know; the store still can.
    renameSync(join(log, 'cursors.json'), system.file('cursors.json'));
    await system.startBus();
    const ahead = system.run('collector', programs.collector);
    expect((await ahead.ended()).code).toBe(1);
    expect(ahead.tail()).toContain('store_ahead');

    for (const suffix of ['', '-wal', '-shm']) rmSync(system.database + suffix, { force: true });
    await system.startCollector();
    const again = { ...task, run: 1, ackFile: system.file('acks-1') };
    await reportOf(system.runComponent('publisher', again));
    await system.settled();
    checkStore(system.database, seed, [runOf(1, again.ackFile)]);
  });

  test('the store, deleted while the collector is down, is made anew with the same rows', async () => {
    const seed = testSeed();
    const system = await System.start();
    const ackFile = system.file('acks');
    const publisher = system.runComponent('publisher', { name: 'engine', run: 0, seed, count, ackFile });
    await reportOf(publisher);
    const client = await system.client();
    await client.publish({
      producer: 'p',
      first: 1,
      count: 1,
      acked: 0,
      body: Buffer.from('{"no":"event"}'),
    });
    await system.deadLettersSettled(1);
    await system.settled();
    const before = everything(system.database);
    expect((await system.collector.stop()).code).toBe(0);
    for (const suffix of ['', '-wal', '-shm']) rmSync(system.database + suffix, { force: true });
    await system.startCollector();
    await system.settled();
    await system.deadLettersSettled(1);
    const after = everything(system.database);
    expect(after.events.length).toBe(before.events.length);
    expect(after).toEqual(before);
    checkStore(system.database, seed, [runOf(0, ackFile)]);
  });

  test('the store, deleted after retention has removed old events: the rest is stored, the gap is told', async () => {
    const seed = testSeed();
    const system = await System.prepare();
    const mebibyte = String(1024 * 1024);
    await system.startBus({ BITTEN_SEGMENT_BYTES: mebibyte, BITTEN_RETENTION_BYTES: mebibyte });
    await system.startCollector();
    const ackFile = system.file('acks');
    const task = { name: 'engine', run: 0, seed, count: 20_000, ackFile };
    await reportOf(system.runComponent('publisher', task));
    const end = await system.settled();
    const client = await system.client();
    const first = await until('retention to have removed something', async () => {
      const hello = await client.hello();
      return hello.first > 1 ? hello.first : undefined;
    });
    await system.collector.stop();
    for (const suffix of ['', '-wal', '-shm']) rmSync(system.database + suffix, { force: true });
    await system.startCollector();
    await system.settled();
    expectEach(
      eventRows(system.database).map(({ id }) => id),
      first,
      end - 1,
    );
    const told = await system.collector.logged('the gap', ({ from, to }) => from === 1 && to === first);
    expect(told.level).toBe('error');
    const gaps = readStore(system.database, (db) =>
      db.prepare('SELECT log, from_seq, to_seq FROM gaps').all(),
    );
    expect(gaps, 'whoever asks the store can see it, too').toEqual([
      { log: 'events', from_seq: 1, to_seq: first },
    ]);
    expect(system.collector.ending).toBeUndefined();
  });
});

/** What a program that ended in good order should not have had to log. */
function complaintsOf(program: Program): string[] {
  return program.log.filter((line) => /"level":"(warn|error|fatal)"/.test(line));
}

/** Where the bus keeps the subscriber's durable position; 0 before there is one. */
async function cursorOf(client: BusClient): Promise<number> {
  return (await client.listCursors()).find(({ name }) => name === 'tracker')?.next ?? 0;
}

/** All that people can ask of a store. */
function everything(database: string) {
  const rows = (table: string) =>
    readStore(database, (db) => db.prepare(`SELECT * FROM ${table} ORDER BY 1`).all()) ?? [];
  const [signals, trades, health] = ['signal_events', 'trade_events', 'health_events'].map(rows);
  return { events: eventRows(database), signals, trades, health, dead_letters: rows('dead_letters') };
}
