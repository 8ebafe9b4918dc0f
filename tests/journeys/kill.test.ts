import { setTimeout as sleep } from 'node:timers/promises';
import { reportOf, storedUpTo, untilSaid } from '@bitten/proof';
import { describe, expect, test } from 'vitest';
import { checkStore, runOf } from '../support/checks.js';
import { moments, scaled, seeded, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const count = scaled(40_000, 200_000);

describe('killed in the middle of a stream at full speed', () => {
  test('the bus: nothing acknowledged is lost or doubled', async () => {
    const seed = testSeed();
    const system = await System.start();
    const ackFile = system.file('acks');
    const publisher = system.runComponent('publisher', { name: 'engine', run: 0, seed, count, ackFile });
    for (const moment of moments(seeded(seed, 'kills'), scaled(4, 8))) {
      await untilSaid(publisher, 'acked', Math.floor(moment * count));
      await system.bus.kill();
      expect(publisher.ending, 'the publisher was in the middle of it').toBeUndefined();
      await system.startBus();
    }
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    await system.settled();
    const places = checkStore(system.database, seed, [runOf(0, ackFile)]);
    expect(places.get(0)?.length).toBe(count);
  });

  test('the collector: every event is stored once', async () => {
    const seed = testSeed();
    const system = await System.start();
    const ackFile = system.file('acks');
    const publisher = system.runComponent('publisher', { name: 'engine', run: 0, seed, count, ackFile });
    for (const moment of moments(seeded(seed, 'kills'), scaled(5, 10))) {
      await untilSaid(publisher, 'acked', Math.floor(moment * count));
      await system.collector.kill();
      expect(storedUpTo(system.database), 'the collector was in the middle of it').toBeLessThan(count);
      await system.startCollector();
    }
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    await system.settled();
    const places = checkStore(system.database, seed, [runOf(0, ackFile)]);
    expect(places.get(0)?.length).toBe(count);
  });

  test('the publisher: what was acknowledged to it is stored, and its events without a hole', async () => {
    const seed = testSeed();
    const system = await System.start();
    const shares = moments(seeded(seed, 'kills'), scaled(4, 8));
    const runs = [];
    for (const [run, moment] of [...shares, 'to its end' as const].entries()) {
      const ackFile = system.file(`acks-${run}`);
      const share = Math.floor(count / (shares.length + 1));
      const publisher = system.runComponent('publisher', {
        name: 'engine',
        run,
        seed,
        count: share,
        ackFile,
      });
      if (moment !== 'to its end') {
        await untilSaid(publisher, 'acked', 250 + Math.floor(moment * share));
        await publisher.kill();
        expect(publisher.ending?.signal, 'the publisher was in the middle of it').toBe('SIGKILL');
      } else {
        expect(await reportOf(publisher)).toEqual({ done: true, acked: share, failed: {} });
      }
      runs.push({ run, ackFile });
    }
    await system.settled();
    checkStore(
      system.database,
      seed,
      runs.map(({ run, ackFile }) => runOf(run, ackFile)),
    );
  });

  test('bus, collector and publisher in turn', async () => {
    const seed = testSeed();
    const random = seeded(seed, 'victims');
    const system = await System.start();
    const share = Math.floor(count / 4);
    const runs = [];
    for (let run = 0; run < 4; run += 1) {
      const ackFile = system.file(`acks-${run}`);
      const publisher = system.runComponent('publisher', {
        name: 'engine',
        run,
        seed,
        count: share,
        ackFile,
      });
      for (const moment of moments(random, 2)) {
        await untilSaid(publisher, 'acked', 250 + Math.floor(moment * share));
        const victim = random.pick(['bus', 'collector'] as const);
        await system[victim].kill();
        await (victim === 'bus' ? system.startBus() : system.startCollector());
      }
      if (run < 3) await publisher.kill();
      else expect(await reportOf(publisher)).toEqual({ done: true, acked: share, failed: {} });
      runs.push({ run, ackFile });
    }
    await system.settled();
    checkStore(
      system.database,
      seed,
      runs.map(({ run, ackFile }) => runOf(run, ackFile)),
    );
  });
});

describe('frozen in the middle of a stream (SIGSTOP), longer than any deadline', () => {
  // A request's deadline is 5 s; after 6 s without a heartbeat the connection is given up.
  test.each([5_500, 8_000])('the bus, for %i ms: what was sent twice is stored once', async (frozen_ms) => {
    const seed = testSeed();
    const system = await System.start();
    const ackFile = system.file('acks');
    const share = Math.floor(count / 2);
    const publisher = system.runComponent('publisher', {
      name: 'engine',
      run: 0,
      seed,
      count: share,
      ackFile,
    });
    await untilSaid(publisher, 'acked', Math.floor(seeded(seed, 'freeze').float() * 0.7 * share) + 250);
    system.bus.signal('SIGSTOP');
    await sleep(frozen_ms);
    expect(publisher.ending, 'the publisher was in the middle of it').toBeUndefined();
    system.bus.signal('SIGCONT');
    expect(await reportOf(publisher)).toEqual({ done: true, acked: share, failed: {} });
    await system.settled();
    expect(checkStore(system.database, seed, [runOf(0, ackFile)]).get(0)?.length).toBe(share);
  });
});
