import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { metricsText } from '../src/health/metrics-text.js';
import { waitingSpools } from '../src/health/spools.js';
import { startHealth } from '../src/health/start-health.js';
import { countStart } from '../src/health/starts.js';
import type { Health, HealthOptions, MetricFamily, NotReady } from '../src/health/types.js';

interface Facts {
  size: number;
  oldest: number | null;
  byType: Record<string, number>;
}

const families: MetricFamily<Facts>[] = [
  { type: 'gauge', name: 'bitten_test_bytes', help: 'A size.', read: ({ size }) => size },
  { type: 'gauge', name: 'bitten_test_oldest', help: 'May be missing.', read: ({ oldest }) => oldest },
  {
    type: 'counter',
    name: 'bitten_test_events_total',
    help: 'By type.',
    labels: ['type'],
    read: ({ byType }) => Object.entries(byType).map(([type, value]) => ({ labels: { type }, value })),
  },
];

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-health-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Health with facts that the test can change, and what it said in the log. */
async function start(more: Partial<HealthOptions<Facts>> = {}) {
  const now = { facts: null as Facts | null, notReady: [] as NotReady[] };
  const said: string[] = [];
  const say = (_: unknown, text?: string) => void said.push(text ?? '');
  const health = await startHealth<Facts>({
    app: 'test',
    version: '1.2.3',
    port: 0,
    portSetting: 'BITTEN_TEST_HTTP_PORT',
    log: { info: say, warn: say } as unknown as HealthOptions<Facts>['log'],
    facts: () => now.facts,
    families,
    notReady: () => now.notReady,
    ...more,
  });
  onTestFinished(() => health.stop());
  return { health, now, said };
}

async function get(health: Health, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
  return { status: response.status, body: await response.text() };
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port }, resolve));
  return server;
}

describe('metrics', () => {
  test('are read from the facts each time they are asked for', async () => {
    const { health, now } = await start();
    expect((await get(health, '/metrics')).body).not.toContain('bitten_test_');
    now.facts = { size: 7, oldest: null, byType: { tick: 3, fire: 1 } };
    const first = (await get(health, '/metrics')).body;
    expect(first).toContain('\nbitten_test_bytes 7\n');
    expect(first).toContain('\nbitten_test_events_total{type="tick"} 3\n');
    expect(first, 'what is not known is not told as 0').not.toMatch(/^bitten_test_oldest /m);
    now.facts = { size: 5, oldest: 2, byType: { tick: 4 } };
    const second = (await get(health, '/metrics')).body;
    expect(second).toContain('\nbitten_test_bytes 5\n');
    expect(second).toContain('\nbitten_test_oldest 2\n');
    expect(second).toContain('\nbitten_test_events_total{type="tick"} 4\n');
    expect(second).not.toContain('type="fire"');
  });

  test('of durations begin with each step at zero, and never go below', async () => {
    const { health } = await start();
    const note = health.durations({
      name: 'bitten_test_duration_seconds',
      help: 'How long.',
      label: 'step',
      steps: ['one', 'two'],
      buckets_s: [0.1, 1],
    });
    note?.('one', 0.5);
    note?.('one', -3);
    const { body } = await get(health, '/metrics');
    expect(body).toContain('bitten_test_duration_seconds_count{step="one"} 2');
    expect(body).toContain('bitten_test_duration_seconds_sum{step="one"} 0.5');
    expect(body).toContain('bitten_test_duration_seconds_bucket{le="0.1",step="one"} 1');
    expect(body).toContain('bitten_test_duration_seconds_count{step="two"} 0');
  });

  test('can be had as text without a server', async () => {
    const text = await metricsText(families, { size: 1, oldest: 2, byType: { 'a"b\n': 3 } });
    expect(text).toContain('bitten_test_events_total{type="a\\"b\\n"} 3\n');
    expect(text).not.toContain('bitten_process_');
  });
});

describe('health', () => {
  test('names the reasons where it is not ready, and is alive all the same', async () => {
    const { health, now } = await start();
    expect(await get(health, '/readyz')).toEqual({ status: 200, body: '{"status":"ready","app":"test"}\n' });
    now.notReady = [{ code: 'starting', message: 'not yet', since: 3 }];
    const { status, body } = await get(health, '/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({ status: 'not ready', app: 'test', reasons: now.notReady });
    const alive = await get(health, '/healthz');
    expect(alive.status).toBe(200);
    expect(JSON.parse(alive.body)).toMatchObject({ status: 'alive', app: 'test', version: '1.2.3' });
  });

  test('does not listen without a port, and keeps no histogram', async () => {
    const { health } = await start({ port: null });
    expect(health.port).toBeNull();
    const family = { name: 'x', help: 'x', label: 'x', steps: ['x'], buckets_s: [1] };
    expect(health.durations(family)).toBeUndefined();
  });

  test('comes when the port that was taken is free, and says both once', async () => {
    const stranger = await listen(0);
    const { port } = stranger.address() as AddressInfo;
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    const { health, said } = await start({ port, retry_ms: 11 });
    expect(health.port).toBeNull();
    const tries = () => timers.mock.calls.filter(([, ms]) => ms === 11).length;
    await expect.poll(tries, { timeout: 30_000 }).toBeGreaterThan(3);
    await new Promise((resolve) => stranger.close(resolve));
    await expect.poll(() => health.port, { timeout: 30_000 }).toBe(port);
    expect((await get(health, '/healthz')).status).toBe(200);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain(`port ${port} is taken`);
    expect(said[0]).toContain('BITTEN_TEST_HTTP_PORT');
    expect(said[1]).toContain('served now');
  });

  test('frees its port when it stops, also while somebody is connected', async () => {
    const { health } = await start();
    const { port } = health;
    const halfway = connect(port!, '127.0.0.1');
    halfway.on('error', () => {});
    halfway.write('GET /metrics HTTP/1.1\r\n');
    await get(health, '/healthz');
    await health.stop();
    await new Promise<void>((resolve) => void listen(port!).then((server) => server.close(() => resolve())));
  });
});

describe('starts', () => {
  test('are counted by app, through everything that may be in the file', () => {
    const dir = temporaryDir();
    expect([countStart(dir, 'bus'), countStart(dir, 'bus'), countStart(dir, 'collector')]).toEqual([1, 2, 1]);
    for (const content of ['', 'many', '-3', '1.5', '1e999', '{}']) {
      writeFileSync(join(dir, 'bus.starts'), content);
      expect([content, countStart(dir, 'bus')]).toEqual([content, 1]);
    }
    expect(readFileSync(join(dir, 'bus.starts'), 'utf8')).toBe('1\n');
    expect(existsSync(join(dir, 'bus.starts.new'))).toBe(false);
  });

  test('that cannot be written down fail nobody', () => {
    const dir = temporaryDir();
    expect(countStart(join(dir, 'missing'), 'bus')).toBe(1);
    mkdirSync(join(dir, 'bus.starts'));
    expect(countStart(dir, 'bus')).toBe(1);
  });
});

test('spools that wait are those with events in them', () => {
  const dir = temporaryDir();
  expect(waitingSpools(dir)).toEqual({ spools: 0, bytes: 0 });
  const spool = (name: string, producer: string, bytes: number) => {
    const folder = join(dir, 'spool', name, producer);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'owner.json'), '{}');
    if (bytes > 0) writeFileSync(join(folder, '00000000000000000001.seg'), Buffer.alloc(bytes));
  };
  spool('webapp', 'p-1', 100);
  spool('webapp', 'p-2', 50);
  spool('engine', 'p-3', 10);
  spool('empty', 'p-4', 0);
  expect(waitingSpools(dir)).toEqual({ spools: 2, bytes: 160 });
});
