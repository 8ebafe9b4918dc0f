import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lastSaid, type Program, readAcks, reportOf, untilSaid } from '@bitten/proof';
import { UnavailableError } from '@bitten/transport';
import { describe, expect, onTestFinished, test } from 'vitest';
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
import { component, programs } from '../support/places.js';
import { testSeed } from '../support/scale.js';
import { setImmutable, whyNoDisk } from '../support/small-disk.js';
import { System } from '../support/system.js';
import { findCommand, saySkipped } from '../support/tools.js';

const noDisk = whyNoDisk('ext4');
if (noDisk !== undefined) saySkipped('a read-only disk, a folder of somebody else', noDisk);
const segments = { BITTEN_SEGMENT_BYTES: String(1024 * 1024) };
const nobody = 65_534;

/** What the one fatal line of a program's log says of the error. */
async function fatal(program: Program): Promise<string> {
  const line = await program.logged('why it ends', ({ level }) => level === 'fatal');
  expect(program.log.filter((text) => text.includes('"fatal"'), 'said in one line')).toHaveLength(1);
  return JSON.stringify(line.err);
}

/** Ends the component, and holds the store against what it published: all of it, once, in order. */
async function expectAllStored(system: System, seed: string, publisher: Program): Promise<void> {
  publisher.signal('SIGTERM');
  const { threw, rejected, unhandled, published } = await reportOf(publisher);
  expect({ threw, rejected, unhandled }).toEqual({ threw: 0, rejected: {}, unhandled: 0 });
  await system.settled();
  expect(checkStore(system.database, seed, [runOf(0, system.file('none'))]).get(0)!.length).toBe(published);
}

describe('a disk that refuses for a while', () => {
  test.each(['EIO', 'EDQUOT'])('(%s) stops receipts, and nothing acknowledged is lost', async (code) => {
    const seed = testSeed();
    const system = await System.prepare();
    const orders = system.file('disk.json');
    writeFileSync(orders, '{}');
    const preload = pathToFileURL(component('disk')).href;
    await system.startBus({ NODE_OPTIONS: `--import=${preload}`, BITTEN_TEST_DISK: orders });
    await system.startCollector();
    const publisher = startComponent(system, seed, 0);
    await untilSaid(publisher, 'published', 500);
    writeFileSync(orders, JSON.stringify({ fail: code }));
    await untilLogged(system.bus, cannotWrite);
    const atFailure = publishedBy(publisher);
    await untilSaid(publisher, 'published', atFailure + 2_000);
    expect(await statsText(system)).toContain(code);
    const before = (await (await system.client()).hello()).next;
    expect(await tryPublish(system, { producer: 'p', first: 1, events: [pingOf(10, 1)] })).toBeInstanceOf(
      UnavailableError,
    );
    expect((await (await system.client()).hello()).next).toBe(before);
    writeFileSync(orders, '{}');
    await untilLogged(system.bus, canWrite);
    await expectAllStored(system, seed, publisher);
    expect([timesSaid(system.bus, cannotWrite), timesSaid(system.bus, canWrite)]).toEqual([1, 1]);
  });

  test.skipIf(noDisk !== undefined)(
    '(made unchangeable, also for root) goes on when that is taken back',
    async () => {
      const seed = testSeed();
      const disk = smallDisk({ megabytes: 64, kind: 'ext4' });
      const system = await System.prepare({ dataDir: join(disk.path, 'data') });
      await system.startBus(segments);
      await system.startCollector();
      const publisher = startComponent(system, seed, 0);
      await untilSaid(publisher, 'published', 500);
      const log = join(system.dataDir, 'log');
      const frozen = [...readdirSync(log).map((name) => join(log, name)), log].filter((path) =>
        existsSync(path),
      );
      setImmutable(frozen, true);
      onTestFinished(() => {
        if (existsSync(log)) setImmutable([log], false);
      });
      await untilLogged(system.bus, cannotWrite);
      await untilSaid(publisher, 'published', publishedBy(publisher) + 1_000);
      expect(await statsText(system)).toMatch(/not writable for .*EPERM/);
      expectEach(await readSeqs(await system.client(), 1), 1, (await system.end()) - 1);
      setImmutable(
        frozen.filter((path) => existsSync(path)),
        false,
      );
      await untilLogged(system.bus, canWrite);
      await expectAllStored(system, seed, publisher);
    },
  );
});

describe.skipIf(noDisk !== undefined)('a file system that turns read-only', () => {
  test('stops receipts, serves readers, and has all that was acknowledged when it is mended', async () => {
    const seed = testSeed();
    const disk = smallDisk({ megabytes: 64, kind: 'ext4' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    await system.startBus(segments);
    await system.startCollector();
    const ackFile = system.file('acks');
    const task = { name: 'engine', run: 0, seed, count: 20_000, ackFile };
    const publisher = system.runComponent('publisher', task, { BITTEN_DATA_DIR: system.folder });
    await untilSaid(publisher, 'acked', 2_000);
    disk.turnReadOnly();
    await untilLogged(system.bus, cannotWrite);
    expect(await statsText(system)).toContain('EROFS');
    const end = await system.end();
    expectEach(await readSeqs(await system.client(), 1), 1, end - 1);
    await untilLogged(system.collector, 'cannot follow for now').catch(() => undefined);
    await system.collector.kill();
    await system.bus.kill();
    const acked = readAcks(ackFile);

    disk.unmount();
    disk.repair();
    disk.mount();
    await system.startBus(segments);
    await system.startCollector();
    expect(await reportOf(publisher)).toEqual({ done: true, acked: 20_000, failed: {} });
    await system.settled();
    checkStore(system.database, seed, [{ run: 0, acks: acked }, runOf(0, ackFile)]);
  });
});

describe.skipIf(noDisk !== undefined)('a bus that is started', () => {
  test('on a full disk says what to do, and ends with 1', async () => {
    const disk = smallDisk({ megabytes: 8, kind: 'tmpfs' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    mkdirSync(system.dataDir, { mode: 0o700 });
    disk.fill();
    for (const app of ['bus', 'collector'] as const) {
      const started = system.run(app, programs[app]);
      expect(await fatal(started)).toMatch(/ENOSPC.*free some space/);
      expect(await started.ended()).toEqual({ code: 1, signal: null });
    }
    disk.clear();
    await system.startBus(segments);
  });

  test('on a read-only file system says what to do, and ends with 1', async () => {
    const disk = smallDisk({ megabytes: 32, kind: 'tmpfs' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    await system.startBus(segments);
    await system.bus.stop();
    disk.remount('ro');
    for (const app of ['bus', 'collector'] as const) {
      const started = system.run(app, programs[app]);
      expect(await fatal(started)).toMatch(/EROFS.*mount it for writing/);
      expect(await started.ended()).toEqual({ code: 1, signal: null });
    }
    disk.remount('rw');
    await system.startBus(segments);
  });

  test('on a folder of somebody else says whose it is, and ends with 1', async () => {
    if (!findCommand('setpriv')) return saySkipped('a folder of somebody else', 'there is no setpriv');
    const disk = smallDisk({ megabytes: 32, kind: 'tmpfs' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    chmodSync(disk.path, 0o777);
    chmodSync(disk.base, 0o755);
    mkdirSync(system.dataDir, { mode: 0o700 });
    const started = asNobody(system, 'bus');
    expect(await fatal(started)).toMatch(/belongs to user 0.*chown 65534/);
    expect(await started.ended()).toEqual({ code: 1, signal: null });
  });
});

describe.skipIf(noDisk !== undefined)('a log folder that is taken away from the bus while it runs', () => {
  test('stops receipts with the next segment, and goes on when it is given back', async () => {
    if (!findCommand('setpriv')) return saySkipped('a folder of somebody else', 'there is no setpriv');
    const seed = testSeed();
    const disk = smallDisk({ megabytes: 64, kind: 'tmpfs' });
    const system = await System.prepare({ dataDir: join(disk.path, 'data') });
    chmodSync(disk.base, 0o755);
    chmodSync(disk.path, 0o777);
    const bus = asNobody(system, 'bus', segments);
    await untilLogged(bus, 'ready');
    const log = join(system.dataDir, 'log');
    chownSync(log, 0, 0);
    chmodSync(log, 0o755);
    const publisher = startComponent(system, seed, 0);
    await untilLogged(bus, cannotWrite);
    expect(statSync(log).uid).toBe(0);
    expect(await statsText(system)).toMatch(/not writable for .*EACCES/);
    chownSync(log, nobody, nobody);
    await untilLogged(bus, canWrite);
    publisher.signal('SIGTERM');
    const { published } = await reportOf(publisher);
    const { by_type } = (await (await system.client()).stats()).events;
    const own = ['market_data', 'signal_generated', 'fire_command', 'trade_executed', 'user_action'];
    expect(Object.values(by_type).reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(
      Number(published),
    );
    expect(own.every((type) => (by_type[type] ?? 0) > 0)).toBe(true);
    expect(lastSaid(publisher, 'done')).toMatchObject({ threw: 0, unhandled: 0, rejected: {} });
  });
});

/** Starts an app as a user without any rights. */
function asNobody(system: System, app: 'bus' | 'collector', env: Record<string, string> = {}): Program {
  const args = [`--regid=${nobody}`, '--clear-groups', process.execPath, programs[app]];
  return system.run(app, `--reuid=${nobody}`, { command: 'setpriv', args, env: { ...env, HOME: '/' } });
}
