import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastSaid, type Program, readNumbers, reportOf, until, untilSaid } from '@bitten/proof';
import { BusServer } from '@bitten/transport';
import { describe, expect, test } from 'vitest';
import { checkStore, type Places, type Run } from '../support/checks.js';
import { scaled, seeded, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const away_ms = scaled(5_000, 60_000);
const rate_per_s = 1_000;

/** A component that publishes at a steady rate; `published` is the file it writes down its numbers in. */
function startComponent(system: System, seed: string, run: number): { process: Program; published: string } {
  const published = system.file(`published-${run}`);
  const task = { name: 'webapp', run, seed, rate_per_s, publishedFile: published };
  return { process: system.runComponent('steady-publisher', task), published };
}

/** What a component had published by the turn before its end; nothing was acknowledged to it by name. */
function lastPublished(file: string): number {
  return readNumbers(file).at(-1) ?? 0;
}

function nobodyNoticed(report: Record<string, unknown>): void {
  const { threw, rejected, unhandled, loop_delay_p99_ms, loop_delay_max_ms } = report;
  console.info(`loop delay of the component: p99 ${loop_delay_p99_ms} ms, at most ${loop_delay_max_ms} ms`);
  expect({ threw, rejected, unhandled }).toEqual({ threw: 0, rejected: {}, unhandled: 0 });
}

/** All events of one run stand before all of another. */
function expectBefore(places: Places, earlier: number, later: number): void {
  expect(places.get(earlier)!.at(-1)!).toBeLessThan(places.get(later)![0]!);
}

const noAcks = (run: number): Run => ({ run, acks: [] });

describe('while the bus is away', () => {
  test.each(['killed', 'stopped in good order'])('%s, the component notices nothing', async (how) => {
    const seed = testSeed();
    const system = await System.start();
    const { process } = startComponent(system, seed, 0);
    await untilSaid(process, 'published', 500);
    if (how === 'killed') await system.bus.kill();
    else expect((await system.bus.stop()).code).toBe(0);
    const before = Number(lastSaid(process, 'published')!.published);
    await sleep(away_ms);
    await untilSaid(process, 'published', before + (0.8 * away_ms * rate_per_s) / 1000);
    await system.startBus();
    await untilSaid(process, 'published', Number(lastSaid(process, 'published')!.published) + 500);
    process.signal('SIGTERM');
    const report = await reportOf(process);
    nobodyNoticed(report);
    await system.settled();
    const places = checkStore(system.database, seed, [noAcks(0)]);
    expect(places.get(0)!.length, 'all it published').toBe(report.published);
  });

  test('a component killed meanwhile and started again delivers what it had published, oldest first', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'lives');
    const system = await System.start();
    const first = startComponent(system, seed, 0);
    await untilSaid(first.process, 'published', 300);
    await system.bus.kill();
    const atLoss = Number(lastSaid(first.process, 'published')!.published);
    await untilSaid(first.process, 'published', atLoss + random.integer(500, 2_000));
    await first.process.kill();

    // A life that begins and ends without a bus.
    const second = startComponent(system, seed, 1);
    await untilSaid(second.process, 'published', random.integer(1_000, 2_000));
    await second.process.kill();

    const third = startComponent(system, seed, 2);
    await untilSaid(third.process, 'published', 500);
    await system.startBus();
    await untilSaid(third.process, 'published', 1_000);
    third.process.signal('SIGTERM');
    const report = await reportOf(third.process);
    nobodyNoticed(report);

    await system.settled();
    const places = checkStore(system.database, seed, [noAcks(0), noAcks(1), noAcks(2)]);
    expect(places.get(0)!.length).toBeGreaterThanOrEqual(lastPublished(first.published));
    expect(places.get(1)!.length).toBeGreaterThanOrEqual(lastPublished(second.published));
    expect(places.get(2)!.length).toBe(report.published);
    expectBefore(places, 0, 1);
    expectBefore(places, 1, 2);
  });

  test('what is spooled stays there until it is acknowledged: sent is not enough', async () => {
    const seed = testSeed();
    const system = await System.start();
    const first = startComponent(system, seed, 0);
    await untilSaid(first.process, 'published', 300);
    await system.bus.kill();
    await untilSaid(
      first.process,
      'published',
      Number(lastSaid(first.process, 'published')!.published) + 1_000,
    );

    // Something that takes everything and acknowledges nothing, where the bus was.
    const taken = new Map<string, number>();
    const silent = new BusServer({
      host: '127.0.0.1',
      port: system.ports.bus,
      handle: (request) => {
        if (request.op !== 'publish') return;
        taken.set(request.producer, request.first + request.count - 1);
      },
    });
    await silent.bind();
    const published = lastPublished(first.published);
    await until('the spool to be sent', () => [...taken.values()].some((last) => last >= published));
    await first.process.kill();
    await silent.close();

    await system.startBus();
    const second = startComponent(system, seed, 1);
    await untilSaid(second.process, 'published', 300);
    second.process.signal('SIGTERM');
    await reportOf(second.process);
    await system.settled();
    const places = checkStore(system.database, seed, [noAcks(0), noAcks(1)]);
    expect(places.get(0)!.length).toBeGreaterThanOrEqual(published);
    expectBefore(places, 0, 1);
  });

  test("a spool that holds nothing, left by a crash, stands in nobody's way", async () => {
    const seed = testSeed();
    const system = await System.start();
    for (const id of ['0190-without-files', '0191-with-its-owner-only']) {
      mkdirSync(join(system.dataDir, 'spool', 'webapp', id), { recursive: true });
    }
    const owner = join(system.dataDir, 'spool', 'webapp', '0191-with-its-owner-only', 'owner.json');
    writeFileSync(owner, JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }));
    const { process } = startComponent(system, seed, 0);
    await untilSaid(process, 'published', 100);
    process.signal('SIGTERM');
    const { published } = await reportOf(process);
    await system.settled();
    expect(checkStore(system.database, seed, [noAcks(0)]).get(0)!.length).toBe(published);
    expect(readdirSync(join(system.dataDir, 'spool', 'webapp')), 'nothing is left of it').toEqual([]);
  });
});
