import { lastSaid, type Program, readNumbers, readStore, reportOf, until, untilLines } from '@bitten/proof';
import { GapError } from '@bitten/schema';
import { describe, expect, test } from 'vitest';
import { expectEach } from '../support/checks.js';
import { programs } from '../support/places.js';
import { testSeed } from '../support/scale.js';
import { System } from '../support/system.js';

const mebi = String(1024 * 1024);
/** A log that keeps next to nothing: the smallest segments there are, and one of them. */
const shortMemory = { BITTEN_SEGMENT_BYTES: mebi, BITTEN_RETENTION_BYTES: mebi };

/** Publishes until retention has passed a position, and returns where the log begins then. */
async function overtake(system: System, seed: string, position: number): Promise<number> {
  const client = await system.client();
  for (let run = 0; ; run += 1) {
    const task = { name: `engine-${run}`, run, seed, count: 20_000, ackFile: system.file(`acks-${run}`) };
    expect(await reportOf(system.runComponent('publisher', task))).toMatchObject({ acked: 20_000 });
    const passed = await until('retention to look', async () => (await client.hello()).first > position, {
      timeout_ms: 12_000,
    }).catch(() => false);
    if (passed) return (await client.hello()).first;
  }
}

/** The numbers up to a gap, and those after it, each without a hole. */
function expectOneGap(numbers: readonly number[], [from, to]: readonly [number, number], last: number): void {
  const cut = numbers.indexOf(to);
  expect(cut, `event ${to}, the first after the gap, is there`).toBeGreaterThanOrEqual(0);
  expectEach(numbers.slice(0, cut), 1, from - 1);
  expectEach(numbers.slice(cut), to, last);
}

const gapOf = (program: Program): [number, number] | undefined =>
  lastSaid(program, 'gap')?.gap as [number, number] | undefined;

describe('retention that overtakes a reader tells it what is gone', () => {
  test('a subscriber, one with a durable cursor, bitten tail, and whoever fetches', async () => {
    const seed = testSeed();
    const system = await System.prepare();
    await system.startBus(shortMemory);
    const [plain, durable] = [system.file('plain'), system.file('durable')];
    const subscribers = [
      system.runComponent('subscriber', { name: 'plain', from: 'start', file: plain }),
      system.runComponent('subscriber', { name: 'durable', from: 'start', cursor: 'durable', file: durable }),
    ];
    const tail = system.run('bitten tail', programs.cli, { args: ['tail', '--from', 'start', '--json'] });
    for (const file of [plain, durable]) await untilLines(file, 1);
    await until('tail to print', () => tail.lines.length > 0);
    const readers = [...subscribers, tail];
    for (const reader of readers) reader.signal('SIGSTOP');

    const first = await overtake(system, seed, readNumbers(plain).at(-1)! + 10_000);
    const client = await system.client();
    const gap = await client.fetch({ from: 1 }).catch((error: unknown) => error);
    expect(gap).toBeInstanceOf(GapError);
    expect(gap).toMatchObject({ from: 1, to: first, why: 'removed by retention' });
    expect((await client.fetch({ from: first })).from, 'reading goes on there').toBe(first);

    for (const reader of readers) reader.signal('SIGCONT');
    const last = (await system.end()) - 1;
    for (const [i, file] of [plain, durable].entries()) {
      await until(`event ${last} at ${file}`, () => readNumbers(file).at(-1)! >= last);
      const told = gapOf(subscribers[i]!);
      expect(told, 'the subscriber was told').toBeDefined();
      expectOneGap(readNumbers(file), told!, readNumbers(file).at(-1)!);
    }
    const { next } = await until('the durable cursor to follow', async () => {
      const cursor = (await client.listCursors()).find(({ name }) => name === 'durable');
      return cursor !== undefined && cursor.next > last ? cursor : undefined;
    });
    expect(next).toBeGreaterThan(last);

    const seqs = (): number[] => tail.lines.map((line) => (JSON.parse(line) as { seq: number }).seq);
    await until('tail to reach the end', () => (seqs().at(-1) ?? 0) >= last);
    const said = tail.log.map((line) => /events (\d+) to (\d+) are gone: removed by retention/.exec(line));
    const [gone] = said.filter((match) => match !== null);
    expect(gone, 'tail says so on standard error').toBeDefined();
    expectOneGap(seqs(), [Number(gone![1]), Number(gone![2]) + 1], seqs().at(-1)!);
    expect(readers.map(({ ending }) => ending)).toEqual([undefined, undefined, undefined]);
  });

  test('the collector, whose cursor somebody has deleted: the store notes the gap and goes on', async () => {
    const seed = testSeed();
    const system = await System.prepare();
    await system.startBus(shortMemory);
    await system.startCollector();
    const stored = await system.settled();
    system.collector.signal('SIGSTOP');
    const client = await system.client();
    await client.deleteCursor('collector');
    await overtake(system, seed, stored + 10_000);
    system.collector.signal('SIGCONT');
    const end = await system.settled();
    const gaps = readStore(system.database, (db) => db.prepare('SELECT * FROM gaps').all()) as Array<
      Record<string, unknown>
    >;
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ log: 'events', why: 'removed by retention' });
    const { from_seq, to_seq } = gaps[0] as { from_seq: number; to_seq: number };
    const ids = readStore(system.database, (db) =>
      db.prepare('SELECT id FROM events ORDER BY id').pluck().all(),
    );
    expectOneGap(ids as number[], [from_seq, to_seq], end - 1);
    expect(system.collector.log.filter((line) => line.includes('before they were stored'))).toHaveLength(1);
    expect((await client.listCursors()).map(({ name }) => name)).toContain('collector');
  });
});
