import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastSaid, readAcks, readNumbers, reportOf, until, untilLines, untilSaid } from '@bitten/proof';
import { UnavailableError } from '@bitten/transport';
import { describe, expect, test } from 'vitest';
import { checkStore, expectEach, runOf } from '../support/checks.js';
import {
  cannotWrite,
  canWrite,
  pingOf,
  publishedBy,
  readSeqs,
  smallDisk,
  startComponent,
  statsText,
  timesSaid,
  tryPublish,
  untilLogged,
} from '../support/outage.js';
import { testSeed } from '../support/scale.js';
import { whyNoDisk } from '../support/small-disk.js';
import { System } from '../support/system.js';
import { saySkipped } from '../support/tools.js';

const mebi = 1024 * 1024;
const noDisk = whyNoDisk('ext4');
if (noDisk !== undefined) saySkipped('a full disk, with a small disk of its own', noDisk);

/** What is in a folder; on a disk that is full it may not even be there. */
function leftIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

const unharmed = { threw: 0, rejected: {}, unhandled: 0 };

describe.skipIf(noDisk !== undefined)('a disk that is full', () => {
  test('stops receipts and nothing else, is said once, and is over when there is space', async () => {
    const seed = testSeed();
    const disk = smallDisk({ megabytes: 96, kind: 'ext4' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    await system.startBus({ BITTEN_SEGMENT_BYTES: String(2 * mebi) });
    await system.startCollector();
    const seen = system.file('seen');
    const task = { name: 'tracker', from: 'start', cursor: 'tracker', file: seen };
    system.runComponent('subscriber', task);
    const component = startComponent(system, seed, 0);
    await untilSaid(component, 'published', 500);
    await untilLines(seen, 500);

    disk.fill();
    await untilLogged(system.bus, cannotWrite);
    const atFailure = publishedBy(component);
    await untilSaid(component, 'published', atFailure + 3_000);
    const refused = await tryPublish(system, { producer: 'raw', first: 1, events: [pingOf(100_000, 1)] });
    expect(refused).toBeInstanceOf(UnavailableError);
    expect(await statsText(system)).toMatch(/not writable for .*ENOSPC/);
    const client = await system.client();
    const reply = await client.fetch({ from: 'start', max_bytes: mebi });
    expect(reply.next, 'readers are served').toBeGreaterThan(1);
    expect((await client.commitCursor('tracker', reply.next)).next).toBeGreaterThanOrEqual(reply.next);
    await untilSaid(component, 'published', atFailure + 5_000);

    disk.clear();
    await untilLogged(system.bus, canWrite);
    await untilSaid(component, 'published', publishedBy(component) + 500);
    component.signal('SIGTERM');
    const { threw, rejected, unhandled, published } = await reportOf(component);
    expect({ threw, rejected, unhandled }, 'the component noticed nothing').toEqual(unharmed);
    const end = await system.settled();
    const places = checkStore(system.database, seed, [{ run: 0, acks: [] }]);
    expect(places.get(0)!.length, 'all it published').toBe(published);
    await untilLines(seen, end - 1);
    expectEach(readNumbers(seen), 1, end - 1);
    expect([timesSaid(system.bus, cannotWrite), timesSaid(system.bus, canWrite)], 'said once').toEqual([
      1, 1,
    ]);
    expect(await statsText(system)).not.toMatch(/not writable/);
    const { collector } = system;
    const [troubles, ends] = ['cannot follow for now', 'following again'].map((text) =>
      timesSaid(collector, text),
    );
    expect(
      troubles,
      'the collector says it once for the events and once for the dead letters',
    ).toBeLessThanOrEqual(2);
    expect(ends).toBe(troubles);
  });

  test('is emptied by retention, without waiting for its hour', async () => {
    const seed = testSeed();
    const disk = smallDisk({ megabytes: 48, kind: 'ext4' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    await system.startBus({ BITTEN_SEGMENT_BYTES: String(mebi), BITTEN_RETENTION_BYTES: String(4 * mebi) });
    disk.fill(12 * mebi);
    const [count, ackFile] = [60_000, system.file('acks')];
    const task = { name: 'engine', run: 0, seed, count, ackFile };
    const publisher = system.runComponent('publisher', task, { BITTEN_DATA_DIR: system.folder });
    expect(await reportOf(publisher)).toEqual({ done: true, acked: count, failed: {} });
    expect(timesSaid(system.bus, cannotWrite), 'the disk was full').toBeGreaterThanOrEqual(1);
    expect(timesSaid(system.bus, 'old segments removed')).toBeGreaterThanOrEqual(1);
    await untilLogged(system.bus, canWrite);
    const acks = readAcks(ackFile);
    expectEach(
      acks.map(({ n }) => n),
      1,
      count,
    );
    expect(
      acks.every(({ seq }, i) => i === 0 || seq! > acks[i - 1]!.seq!),
      'in order',
    ).toBe(true);
    const client = await system.client();
    const { first, next } = await client.hello();
    expectEach(await readSeqs(client, first), first, next - 1);
  });

  test('keeps dead letters out and loses none: a batch that failed is sent again, and each is there once', async () => {
    const disk = smallDisk({ megabytes: 24, kind: 'ext4' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    await system.startBus({ BITTEN_SEGMENT_BYTES: String(mebi) });
    disk.fill();
    const bad = (mark: number): object => ({ event_type: 'fire_command', mark, filler: 'x'.repeat(100_000) });
    let failed = 0;
    let sent = 0;
    // Each with a good event beside the bad one: both are taken, or neither.
    const send = (n: number): Promise<unknown> =>
      tryPublish(system, { producer: 'p', first: 2 * n - 1, events: [pingOf(10, n), bad(n)] });
    for (let n = 1; n <= 40 && failed === 0; n += 1) {
      if ((await send(n)) instanceof UnavailableError) failed = n;
      else sent = n;
    }
    expect(failed, 'the dead letters have filled what was prepared for them').toBeGreaterThan(0);
    expect(await send(failed)).toBeInstanceOf(UnavailableError);
    const client = await system.client();
    expect((await client.stats()).dead_letters.next - 1, 'nothing of it is there').toBe(sent);
    disk.clear();
    for (let n = failed; n <= 40; n += 1)
      expect(await send(n)).toMatchObject({ rejected: [{ producer_seq: 2 * n }] });
    expect((await client.stats()).dead_letters.next - 1).toBe(40);
    expect((await client.stats()).events.by_type.ping).toBe(40);
  });

  test("under a component's own spool never hurts it: what cannot be kept is refused and counted", async () => {
    const seed = testSeed();
    const disk = smallDisk({ megabytes: 16, kind: 'ext4' });
    const system = await System.prepare();
    const options = { spoolDir: join(disk.path, 'spool'), bufferBytesMax: 512 * 1024 };
    const task = { name: 'small', run: 0, seed, rate_per_s: 4_000, options };
    const component = system.runComponent('spooler', task);
    await untilSaid(component, 'spooledBytes', mebi);
    disk.fill();
    await until('events to be refused', () => Number(lastSaid(component, 'refused')?.refused) > 2_000);
    expect(Number(lastSaid(component, 'bufferedBytes')!.bufferedBytes)).toBeLessThanOrEqual(512 * 1024);
    expect(lastSaid(component, 'told')!.told, 'told once').toEqual(['ENOSPC']);
    // One that comes while the disk is full cannot even begin its spool, and tries again and again.
    const late = system.runComponent('spooler', { ...task, name: 'late', run: 1 });
    await until('the late one to be refused', () => Number(lastSaid(late, 'refused')?.refused) > 15_000);
    expect(lastSaid(late, 'told')!.told, 'told once as well').toEqual(['ENOSPC']);
    expect(leftIn(join(options.spoolDir, 'late')).length, 'its attempts leave nothing').toBeLessThanOrEqual(
      1,
    );
    disk.clear();
    const before = Number(lastSaid(component, 'spooledBytes')!.spooledBytes);
    await untilSaid(component, 'spooledBytes', before + mebi / 2);

    await system.startBus();
    await system.startCollector();
    for (const each of [component, late]) each.signal('SIGTERM');
    const reports = await Promise.all([component, late].map(reportOf));
    await system.settled();
    const places = checkStore(
      system.database,
      seed,
      [0, 1].map((run) => runOf(run, system.file('none'), { conflates: true })),
    );
    for (const [
      run,
      { threw, unhandled, rejected, accepted, refused, conflated, tried },
    ] of reports.entries()) {
      expect({ threw, unhandled }).toEqual({ threw: 0, unhandled: 0 });
      expect(rejected, 'whoever awaits a receipt hears it').toEqual({ outbox_full: refused, conflated });
      expect(tried).toBe(Number(accepted) + Number(refused));
      const stored = places.get(run)!.filter((seq) => seq !== undefined).length;
      expect(stored + Number(conflated), 'all that was accepted, and of ticks the newest').toBe(accepted);
      const name = ['small', 'late'][run]!;
      expect(leftIn(join(options.spoolDir, name)), 'and nothing is left of the spool').toEqual([]);
    }
  });
});
