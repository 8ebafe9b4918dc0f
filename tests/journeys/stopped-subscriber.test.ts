import { setTimeout as sleep } from 'node:timers/promises';
import { lastSaid, readNumbers, reportOf, until, untilLines, untilSaid } from '@bitten/proof';
import { describe, expect, test } from 'vitest';
import { checkStore, expectEach, runOf } from '../support/checks.js';
import { scaled, testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const count = scaled(40_000, 200_000);
const stopped_ms = scaled(5_000, 60_000);

interface Publishing {
  system: System;
  seed: string;
  run: number;
}

/** Publishes `count` events at full speed; tells how many a second. */
async function publishAll({ system, seed, run }: Publishing): Promise<number> {
  const ackFile = system.file(`acks-${run}`);
  const started = performance.now();
  const publisher = system.runComponent('publisher', { name: `engine-${run}`, run, seed, count, ackFile });
  expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
  return Math.round((count * 1000) / (performance.now() - started));
}

/** A component that goes on publishing until it is told to stop. */
function publishSteadily({ system, seed, run }: Publishing) {
  const publishedFile = system.file(`published-${run}`);
  return system.runComponent('steady-publisher', {
    name: `engine-${run}`,
    run,
    seed,
    rate_per_s: 1_000,
    publishedFile,
  });
}

describe('a subscriber that is stopped (SIGSTOP)', () => {
  test('slows nobody, and gets every event in order once it goes on', async () => {
    const seed = testSeed();
    const system = await System.start();
    const [seen, heard] = [system.file('seen'), system.file('heard')];
    const subscriber = system.runComponent('subscriber', { name: 'tracker', from: 'start', file: seen });
    const endpoint = `tcp://127.0.0.1:${system.ports.pub}`;
    const listener = system.runComponent('feed-reader', { endpoint, file: heard });
    await until('both to be connected', () => lastSaid(subscriber, 'ready') && lastSaid(listener, 'ready'));

    const before = await publishAll({ system, seed, run: 0 });
    await untilLines(seen, 1);
    await untilLines(heard, 1);
    subscriber.signal('SIGSTOP');
    listener.signal('SIGSTOP');
    const stoppedAt = performance.now();
    const atStop = readNumbers(seen).length;

    const during = await publishAll({ system, seed, run: 1 });
    const steady = publishSteadily({ system, seed, run: 2 });
    await sleep(Math.max(0, stopped_ms - (performance.now() - stoppedAt)));
    await untilSaid(steady, 'published', 100);
    steady.signal('SIGTERM');
    const { threw, rejected, unhandled, published } = await reportOf(steady);
    expect({ threw, rejected, unhandled }).toEqual({ threw: 0, rejected: {}, unhandled: 0 });
    console.info(
      `publisher before: ${before} events/s, while two subscribers were stopped: ${during} events/s`,
    );

    const end = await system.settled();
    const runs = [runOf(0, system.file('acks-0')), runOf(1, system.file('acks-1')), { run: 2, acks: [] }];
    const places = checkStore(system.database, seed, runs);
    expect([0, 1, 2].map((run) => places.get(run)!.length)).toEqual([count, count, published]);
    expect(readNumbers(seen).length, 'the subscriber was stopped all the while').toBe(atStop);

    subscriber.signal('SIGCONT');
    listener.signal('SIGCONT');
    await untilLines(seen, end - 1);
    expectEach(readNumbers(seen), 1, end - 1);
    expect(lastSaid(subscriber, 'gap'), 'nothing was lost to it').toBeUndefined();
  });

  test('a listener on the live feed hears new events again once it goes on, never one twice or out of order', async () => {
    const seed = testSeed();
    const system = await System.start();
    const heard = system.file('heard');
    const endpoint = `tcp://127.0.0.1:${system.ports.pub}`;
    const listener = system.runComponent('feed-reader', { endpoint, file: heard });
    await until('the listener to be connected', () => lastSaid(listener, 'ready'));
    const steady = publishSteadily({ system, seed, run: 0 });
    await untilLines(heard, 100);
    listener.signal('SIGSTOP');
    const atStop = readNumbers(heard).at(-1)!;
    await untilSaid(steady, 'published', 2_000);
    listener.signal('SIGCONT');
    await until('a later event', () => (readNumbers(heard).at(-1) ?? 0) > atStop + 2_000);
    steady.signal('SIGTERM');
    await reportOf(steady);
    const numbers = readNumbers(heard);
    expect(numbers.every((seq, i) => i === 0 || seq > numbers[i - 1]!)).toBe(true);
  });
});
