import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridge } from '@bitten/bridge';
import { type Program, until, untilSaid } from '@bitten/proof';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tryPublish } from '../support/outage.js';
import { programs } from '../support/places.js';
import { System } from '../support/system.js';

interface Finding {
  level: 'ok' | 'warning' | 'wrong';
  about: string;
  text: string;
  remedy: string | null;
}

interface Examined {
  code: number | null;
  findings: Finding[];
  /** The findings that are wrong, as `about: text`. */
  wrong: string[];
  warnings: string[];
}

async function doctor(system: System, env: Record<string, string> = {}): Promise<Examined> {
  const cli = system.run('bitten doctor', programs.cli, { args: ['doctor', '--json'], env });
  const { code } = await cli.ended();
  if (cli.lines[0] === undefined) throw new Error(`bitten doctor said nothing: ${cli.tail()}`);
  const { findings } = JSON.parse(cli.lines[0]) as { findings: Finding[] };
  const of = (level: Finding['level']) =>
    findings.filter((finding) => finding.level === level).map(({ about, text }) => `${about}: ${text}`);
  expect(
    findings.filter(({ level, remedy }) => level !== 'ok' && remedy === null),
    'what is not ok says what to do',
  ).toEqual([]);
  return { code, findings, wrong: of('wrong'), warnings: of('warning').filter(isOfTheSystem) };
}

/** How full the disk of whoever runs the tests is, is none of theirs. */
function isOfTheSystem(text: string): boolean {
  return !/^(disk|file system):/.test(text);
}

function remedyOf({ findings }: Examined, about: string): string | null | undefined {
  return findings.find((finding) => finding.about === about && finding.level !== 'ok')?.remedy;
}

/** Names, sizes, modes and times of everything in a folder, but what SQLite keeps for every reader. */
function stateOf(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = join(prefix, entry.name);
    if (/\.db-(shm|wal)$/.test(entry.name)) return [];
    const { size, mode, mtimeMs } = statSync(join(folder, path));
    const time = entry.isDirectory() ? '' : mtimeMs;
    return [
      `${path} ${mode} ${entry.isDirectory() ? '' : size} ${time}`,
      ...(entry.isDirectory() ? stateOf(folder, path) : []),
    ];
  });
}

const event = { event_type: 'ping', timestamp: 1, source: 'test', data: {} };

async function someEvents(system: System): Promise<void> {
  const reply = await tryPublish(system, { producer: 'test-1', first: 1, events: [event, event, event] });
  expect(reply).not.toBeInstanceOf(Error);
  await system.settled();
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return server;
}

describe('bitten doctor', () => {
  test('finds nothing wrong while events flow: what comes between two looks is no loss', async () => {
    const system = await System.start();
    const bridge = new EventBridge({ port: system.ports.bus, spoolDir: false });
    let isFlowing = true;
    const flow = (async () => {
      while (isFlowing) await bridge.publish({ event_type: 'ping', source: 'test', data: {} });
    })();
    try {
      for (let look = 0; look < 5; look += 1) expect((await doctor(system)).wrong).toEqual([]);
    } finally {
      isFlowing = false;
      await flow;
      await bridge.close();
    }
  });

  test('where nothing is and nothing runs: says so, makes nothing', async () => {
    const system = await System.prepare({ dataDir: join(tmpdir(), `bitten-none-${process.pid}`) });
    const { code, wrong } = await doctor(system);
    expect(code).toBe(1);
    expect(wrong.map((text) => text.split(':')[0])).toEqual(['data folder', 'bus', 'collector']);
    expect(() => statSync(system.dataDir), 'no folder').toThrow('ENOENT');
  });

  test('all well: exit code 0, every look is ok, nothing is changed', async () => {
    const system = await System.start();
    await someEvents(system);
    const before = stateOf(system.dataDir);
    const { code, wrong, warnings, findings } = await doctor(system);
    expect({ code, wrong, warnings }).toEqual({ code: 0, wrong: [], warnings: [] });
    const told = findings.map(({ about, text }) => `${about}: ${text}`).join('\n');
    expect(told).toContain(`process ${system.bus.pid}`);
    expect(told).toContain(`process ${system.collector.pid}`);
    expect(told).toMatch(/log: is that of this data folder/);
    expect(told).toMatch(/store: holds all events up to/);
    // The bus itself goes on writing: what only a reader could have changed is compared.
    const kept = (state: string[]) =>
      state.filter((line) => !/^(log|\.)/.test(line) && !line.includes('stats'));
    expect(kept(stateOf(system.dataDir))).toEqual(kept(before));
  });

  test('the bus killed: names the process, and what brings it back', async () => {
    const system = await System.start();
    await someEvents(system);
    await system.bus.kill();
    const before = stateOf(system.dataDir);
    const examined = await doctor(system);
    expect(examined.code).toBe(1);
    expect(examined.wrong).toEqual([expect.stringMatching(`^bus: process ${system.bus.pid} has ended`)]);
    expect(remedyOf(examined, 'bus')).toContain('pnpm --filter apps/bus start');
    expect(stateOf(system.dataDir), 'nothing changed').toEqual(before);
  });

  test('the bus killed and a log damaged: both are told', async () => {
    const system = await System.start();
    await someEvents(system);
    await system.bus.kill();
    rmSync(join(system.dataDir, 'log', 'log.json'));
    const { wrong } = await doctor(system);
    expect(wrong.map((text) => text.split(':')[0])).toEqual(['bus', 'log']);
  });

  test('the collector stopped: what waits for it is counted', async () => {
    const system = await System.start();
    await someEvents(system);
    await system.collector.stop();
    await tryPublish(system, { producer: 'test-1', first: 4, events: [event, event] });
    const examined = await doctor(system);
    expect(examined.code).toBe(1);
    expect(examined.wrong).toEqual([expect.stringMatching('^collector: none runs')]);
    expect(examined.warnings).toEqual([expect.stringMatching(/^store: is \d+ events behind the log$/)]);
  });

  test('a collector that hangs: the store does not move', async () => {
    const system = await System.start();
    await someEvents(system);
    system.collector.signal('SIGSTOP');
    onTestFinished(() => system.collector.signal('SIGCONT'));
    await tryPublish(system, { producer: 'test-1', first: 4, events: [event, event] });
    const { wrong } = await doctor(system);
    expect(wrong).toEqual([
      expect.stringMatching(/^store: is \d+ events behind the log, and does not move$/),
    ]);
  });

  test('a store of another log', async () => {
    const system = await System.start();
    await someEvents(system);
    await system.collector.stop();
    const db = new Database(system.database);
    db.prepare("UPDATE store_info SET value = 'another' WHERE key = 'log_id'").run();
    db.close();
    const { wrong } = await doctor(system);
    expect(wrong).toContainEqual(expect.stringMatching(/^store: .* is of another log \(another\)/));
  });

  test('the bus of another folder answers', async () => {
    const system = await System.start();
    const elsewhere = mkdtempSync(join(tmpdir(), 'bitten-other-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
    const { wrong } = await doctor(system, { BITTEN_DATA_DIR: elsewhere });
    expect(wrong).toContainEqual(
      expect.stringMatching(/^log: the bus that answers does not keep its log in/),
    );
  });

  test('the bus of another folder answers, and this one has a log too', async () => {
    const [system, other] = [await System.start(), await System.prepare()];
    await other.startBus();
    await other.bus.stop();
    const { wrong } = await doctor(system, { BITTEN_DATA_DIR: other.dataDir });
    expect(wrong).toContainEqual(expect.stringMatching(/^log: another bus answers: its log is /));
  });

  test('files that others can read', async () => {
    const system = await System.start();
    await someEvents(system);
    chmodSync(join(system.dataDir, 'bitten_events.db'), 0o644);
    const examined = await doctor(system);
    expect(examined.code, 'it works').toBe(0);
    expect(examined.warnings).toEqual([
      expect.stringMatching(/^data folder: open to other users: .*bitten_events\.db/),
    ]);
    expect(remedyOf(examined, 'data folder')).toBe(`chmod -R go= ${system.dataDir}`);
  });

  test('a foreign program on the bus port and on that of the live feed', async () => {
    const system = await System.prepare();
    await listenOn(system.ports.bus);
    await listenOn(system.ports.pub);
    const http = (await listenOn(0)).address() as { port: number };
    const { wrong, warnings } = await doctor(system, { BITTEN_BUS_HTTP_PORT: String(http.port) });
    const who = `process ${process.pid} `;
    expect(warnings).toContainEqual(expect.stringMatching(`^ports: ${http.port} \\(metrics of the bus\\)`));
    expect(wrong).toContainEqual(
      expect.stringMatching(`^ports: ${system.ports.pub} \\(live feed\\) is taken by ${who}`),
    );
    expect(wrong).toContainEqual(
      expect.stringMatching(`^bus: .*:${system.ports.bus} is taken by another program: ${who}`),
    );
  });

  test('a spool whose component has died: whose it is, and who delivers it', async () => {
    const system = await System.start();
    const component: Program = system.runComponent('steady-publisher', {
      name: 'webapp',
      run: 0,
      seed: 'doctor',
      rate_per_s: 500,
      publishedFile: system.file('published'),
    });
    await untilSaid(component, 'published', 100);
    await system.bus.kill();
    await until('a spool', () => spools(system).length > 0);
    await until('events in it', async () =>
      (await doctor(system)).warnings.some((text) => text.startsWith('spools:')),
    );
    await component.kill();
    const examined = await doctor(system);
    expect(examined.wrong).toContainEqual(
      expect.stringMatching(/^spools: \d+ events? of webapp waits?, .*their process has ended$/),
    );
    expect(remedyOf(examined, 'spools')).toContain('start webapp again');
  });

  test('keys: none yet, none to show, and all in order', async () => {
    const system = await System.prepare();
    const curve = { BITTEN_CURVE: 'true' };
    expect((await doctor(system, curve)).wrong).toContainEqual(expect.stringMatching('^keys: '));
    const keys = async (...args: string[]) =>
      (await system.run('bitten keys', programs.cli, { args: ['keys', ...args] }).ended()).code;
    expect([await keys('init'), await keys('client', 'bitten')]).toEqual([0, 0]);
    await system.startBus(curve);
    expect((await doctor(system, curve)).wrong).toContainEqual(expect.stringMatching('^bus: wants keys at '));
    const file = join(system.dataDir, 'keys', 'clients', 'bitten.key');
    const { wrong } = await doctor(system, { ...curve, BITTEN_KEY_FILE: file });
    expect(wrong.filter((text) => !text.startsWith('collector:'))).toEqual([]);
    chmodSync(file, 0o644);
    const open = await doctor(system, { ...curve, BITTEN_KEY_FILE: file });
    expect(open.wrong).toContainEqual(expect.stringMatching('^keys: '));
  });

  test('a wrong setting hides nothing else', async () => {
    const system = await System.start();
    const examined = await doctor(system, { BITTEN_SEGMENT_BYTES: 'huge' });
    expect(examined.wrong).toEqual([
      expect.stringMatching('^settings: BITTEN_SEGMENT_BYTES: expected a whole number'),
    ]);
    expect(remedyOf(examined, 'settings')).toBe('bitten config show');
  });

  test('open dead letters, and what a rebuild has left', async () => {
    const system = await System.start();
    const invalid = { event_type: 'user_action', timestamp: 1, source: 'test', data: {} };
    await tryPublish(system, { producer: 'test-1', first: 1, events: [invalid] });
    await system.settled();
    writeFileSync(`${system.database}.rebuild`, '', { mode: 0o600 });
    const { code, warnings } = await doctor(system);
    expect(code).toBe(0);
    expect(warnings).toEqual([
      expect.stringMatching('^dead letters: 1 dead letter is open'),
      expect.stringMatching('^leftovers: .*rebuild is left of a rebuild that was cut short$'),
    ]);
  });
});

function spools(system: System): string[] {
  try {
    return readdirSync(join(system.dataDir, 'spool', 'webapp')).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
