import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventRows, freePorts, isFree, type Program, storedUpTo, until } from '@bitten/proof';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scrape } from '../support/metrics.js';
import { programs } from '../support/places.js';
import { descendantsOf, isRunning } from '../support/process-tree.js';
import { System } from '../support/system.js';
import { saySkipped } from '../support/tools.js';

const hasProc = existsSync('/proc/self/stat');
if (!hasProc) saySkipped('pnpm dev', 'no /proc to see processes in');

/** What the specification allows from Ctrl-C to the end, and as much again for a busy machine. */
const patience_ms = 4_000;

/** Starts everything in one program and waits until all of it is ready. */
async function startDev(
  system: System,
  args: readonly string[] = [],
): Promise<{ dev: Program; pids: number[] }> {
  const dev = system.run('dev', programs.dev, { args });
  await dev.logged('ready', ({ app, msg }) => app === 'dev' && msg === 'ready');
  const pids = descendantsOf(dev.pid);
  expect(
    pids.length,
    'bus, collector, alerts and dashboard are processes of their own',
  ).toBeGreaterThanOrEqual(4);
  onTestFinished(() => {
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  return { dev, pids };
}

async function expectGone(system: System, pids: readonly number[]): Promise<void> {
  const left = () => pids.filter(isRunning);
  await until('every process to end', () => left().length === 0, { timeout_ms: patience_ms, found: left });
  for (const port of Object.values(system.ports))
    expect(await isFree(port), `port ${port} is free`).toBe(true);
}

/** The spools that wait for the next run of the simulated market. */
function spools(system: System): string[] {
  const folder = join(system.dataDir, 'spool', 'demo');
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe.skipIf(!hasProc)('everything in one program', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'an event gets through, and after %s nothing is left',
    async (signal) => {
      const system = await System.prepare();
      const { dev, pids } = await startDev(system);
      const client = await system.client();
      const body = Buffer.from('{"event_type":"hello","timestamp":1,"source":"test","data":{}}');
      const receipt = await client.publish({ producer: 'test', first: 1, count: 1, acked: 0, body });
      const seq = receipt.seqs[0]![1]!;
      await until('the event to be stored', () => storedUpTo(system.database) > seq);
      expect(eventRows(system.database, `id = ${seq}`)[0]?.event_type).toBe('hello');
      client.close();
      expect(await dev.stop(signal as 'SIGINT')).toEqual({ code: 0, signal: null });
      await expectGone(system, pids);
    },
  );

  test('--demo publishes by itself; after Ctrl-C all of it is stored, or spooled for the next run', async () => {
    const system = await System.prepare();
    const { dev, pids } = await startDev(system, ['--demo', '--rate', '500']);
    await until('events of the market', () => storedUpTo(system.database) > 500, {
      found: () => storedUpTo(system.database),
    });
    const types = new Set(eventRows(system.database).map(({ event_type }) => event_type));
    expect([...types]).toContain('market_data');
    expect((await dev.stop('SIGINT')).code).toBe(0);
    await expectGone(system, pids);

    // What was spooled, if anything was, is delivered by the next run; what the log has, the store gets.
    const left = spools(system);
    const next = await startDev(system, ['--demo']);
    await until('the spools to be delivered', () => !spools(system).some((id) => left.includes(id)));
    const end = await system.settled();
    expect((await next.dev.stop('SIGINT')).code).toBe(0);
    await expectGone(system, next.pids);
    const seqs = eventRows(system.database, `id < ${end}`).map(({ id }) => id);
    expect(seqs).toEqual(Array.from({ length: end - 1 }, (_, i) => i + 1));
  });

  test('the metrics are where it says', async () => {
    const system = await System.prepare();
    const { pub, pull } = await freePorts();
    const env = { BITTEN_BUS_HTTP_PORT: String(pub), BITTEN_COLLECTOR_HTTP_PORT: String(pull) };
    const dev = system.run('dev', programs.dev, { env });
    await dev.logged('ready', ({ app, msg }) => app === 'dev' && msg === 'ready');
    for (const port of [pub, pull]) {
      expect(dev.log.join('\n')).toContain(`http://127.0.0.1:${port}/metrics`);
      expect(await scrape(port)).toContain('bitten_process_info');
    }
    expect((await dev.stop('SIGINT')).code).toBe(0);
  });

  test('the dashboard is where it says; its token is in a file, and not in what was printed into one', async () => {
    const system = await System.prepare();
    const { pub } = await freePorts();
    const dev = system.run('dev', programs.dev, { env: { BITTEN_HTTP_PORT: String(pub) } });
    await dev.logged('ready', ({ app, msg }) => app === 'dev' && msg === 'ready');
    const token = readFileSync(join(system.dataDir, 'dashboard-token'), 'utf8').trim();
    expect(dev.log.join('\n')).toContain(`http://127.0.0.1:${pub} (the token is in dashboard-token`);
    expect(dev.log.join('\n')).not.toContain(token);
    const about = await fetch(`http://127.0.0.1:${pub}/api/about`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await about.json()).toMatchObject({ may_change: true });
    expect(await scrape(pub)).toContain('bitten_dashboard_bus_up 1');
    expect((await dev.stop('SIGINT')).code).toBe(0);
  });

  test('the dev program itself killed (kill -9): bus and collector do not stay behind', async () => {
    const system = await System.prepare();
    const { dev, pids } = await startDev(system);
    await dev.kill();
    await expectGone(system, pids);
  });

  test('a taken port ends everything, and says which setting changes it', async () => {
    const first = await System.prepare();
    await first.startBus();
    const second = await System.prepare();
    const dev = second.run('dev', programs.dev, { env: { BITTEN_BUS_PORT: String(first.ports.bus) } });
    await until('the end of dev', () => dev.ending);
    expect(dev.ending?.code).toBe(1);
    expect(dev.log.join('\n')).toContain('BITTEN_BUS_PORT');
    expect(first.bus.ending, 'whoever had the port goes on').toBeUndefined();
  });
});
