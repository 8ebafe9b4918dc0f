import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deadLetterRows, readStore, root, until, untilSaid } from '@bitten/proof';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startAlerts, startDashboard } from '../support/dashboard.js';
import { ask, complaintsOf, healthPortOf, metricsIn, scrape } from '../support/metrics.js';
import { cannotWrite, canWrite, startComponent, tryPublish, untilLogged } from '../support/outage.js';
import { component, programs } from '../support/places.js';
import { testSeed } from '../support/scale.js';
import { System } from '../support/system.js';
import { findCommand, saySkipped } from '../support/tools.js';

const hasPromtool = findCommand('promtool');
if (!hasPromtool) saySkipped('promtool on the metrics', 'no promtool (Debian package prometheus)');

/** Each app on a port of its own choice; nothing is published by itself. */
const served = { BITTEN_BUS_HTTP_PORT: '0', BITTEN_COLLECTOR_HTTP_PORT: '0', BITTEN_HEARTBEAT: '1d' };

async function startServed(): Promise<{ system: System; bus: number; collector: number }> {
  const system = await System.prepare();
  await system.startBus(served);
  await system.startCollector(served);
  const [bus, collector] = [await healthPortOf(system.bus), await healthPortOf(system.collector)];
  return { system, bus, collector };
}

/** A tick; without a symbol it is invalid. */
function tick(n: number, data: Record<string, unknown> = { symbol: 'EURUSD' }): object {
  return {
    event_type: 'market_data',
    timestamp: 1000 + n,
    source: 'test',
    data: { bid: 1, ask: 1, timestamp: 1, ...data },
  };
}

/** What `bitten stats --json` says. */
async function statsOf(system: System) {
  const stats = system.run('bitten stats', programs.cli, { args: ['stats', '--json'] });
  await stats.ended();
  return JSON.parse(stats.lines.join('')) as {
    bus: { stats: import('@bitten/transport').BusStats };
    store: { summary: import('@bitten/storage/store').StoreSummary };
  };
}

async function codesOf(port: number): Promise<string[]> {
  const { status, body } = await ask(port, '/readyz');
  const { reasons = [] } = JSON.parse(body) as { reasons?: Array<{ code: string }> };
  expect(status).toBe(reasons.length === 0 ? 200 : 503);
  return reasons.map(({ code }) => code);
}

describe('metrics', () => {
  test.skipIf(!hasPromtool)('promtool has nothing to say of them, at rest and under load', async () => {
    const { system, bus, collector } = await startServed();
    for (const port of [bus, collector]) expect(complaintsOf(await scrape(port))).toBe('');
    const publisher = startComponent(system, testSeed(), 0);
    await tryPublish(system, { producer: 'bad', first: 1, events: [tick(1), tick(2, {})] });
    await untilSaid(publisher, 'published', 2_000);
    for (const port of [bus, collector]) expect(complaintsOf(await scrape(port))).toBe('');
    publisher.signal('SIGTERM');
    await publisher.ended();
  });

  test('say the same as bitten stats and as the store', async () => {
    const { system, bus, collector } = await startServed();
    const events = Array.from({ length: 300 }, (_, n) => tick(n, n % 100 === 7 ? {} : { symbol: 'EURUSD' }));
    const own = { event_type: 'own_type', timestamp: 1, source: 'test', data: {} };
    await tryPublish(system, { producer: 'one', first: 1, events });
    await tryPublish(system, { producer: 'one', first: 1, events });
    await tryPublish(system, { producer: 'two', first: 1, events: [own, { ...own, timestamp: 'noon' }] });
    await system.settled();
    // The collector tells the bus of its position a moment after it has stored.
    await until('the cursor', async () => {
      const { cursors } = await (await system.client()).stats();
      return cursors.every(({ lag }) => lag === 0);
    });
    const { bus: told, store } = await statsOf(system);
    const seen = metricsIn(await scrape(bus));
    const { received, appended, duplicates, rejected } = told.stats.events;
    expect({ received, appended, duplicates, rejected }).toEqual({
      received: 602,
      appended: 299,
      duplicates: 300,
      rejected: 4,
    });
    const expected: Record<string, number> = {
      bitten_bus_events_received_total: received,
      'bitten_bus_events_appended_total{type="market_data"}': 297,
      'bitten_bus_events_appended_total{type="system_health"}': 1,
      'bitten_bus_events_appended_total{type="(other)"}': 1,
      bitten_bus_events_duplicate_total: duplicates,
      'bitten_bus_events_rejected_total{door="5572",reason="missing"}': 3,
      'bitten_bus_events_rejected_total{door="5572",reason="type"}': 1,
      bitten_bus_commits_total: told.stats.commits.count,
      'bitten_bus_hop_duration_seconds_count{hop="commit"}': told.stats.commits.count,
      'bitten_bus_hop_duration_seconds_count{hop="received_to_committed"}': 3,
      // The repeated batch had nothing new, and of the one event of the bus nobody knows a way.
      'bitten_bus_hop_duration_seconds_count{hop="published_to_appended"}': 2,
      bitten_bus_log_bytes: told.stats.log.bytes,
      bitten_bus_log_next_seq: told.stats.log.next,
      bitten_bus_dead_letters_next: 5,
      'bitten_bus_cursor_lag{cursor="collector",hold="true"}': 0,
      bitten_bus_unavailable: 0,
      bitten_bus_starts_total: 1,
    };
    for (const [name, value] of Object.entries(expected)) expect(seen.get(name), name).toBe(value);

    const stored = metricsIn(await scrape(collector));
    const rows = readStore(system.database, (db) => db.prepare('SELECT COUNT(*) FROM events').pluck().get());
    expect(stored.get('bitten_collector_store_rows')).toBe(rows);
    expect(stored.get('bitten_collector_events_stored_total')).toBe(rows);
    expect(stored.get('bitten_collector_store_bytes')).toBe(store.summary.bytes);
    expect(stored.get('bitten_collector_fetched_total{log="events"}')).toBe(rows);
    expect(stored.get('bitten_collector_fetched_total{log="dead_letters"}')).toBe(4);
    expect(stored.get('bitten_collector_dead_letters_open')).toBe(deadLetterRows(system.database).length);
    expect(stored.get('bitten_collector_lag{log="events"}')).toBe(0);
    expect(stored.get('bitten_collector_following{log="events"}')).toBe(1);
  });

  test('never hold what a publisher chooses', async () => {
    const { system, bus, collector } = await startServed();
    const marks = ['u-31337', 'XAUUSD', 'p-31337', 's-31337', 't_31337', 'x_31337'];
    const tag = { user_id: marks[0], source: marks[3] };
    const events = [
      { ...tick(1, { symbol: marks[1] }), ...tag },
      { ...tick(2, { symbol: 7, [marks[5]!]: marks[5] }), ...tag },
      { event_type: marks[4], timestamp: 1, data: { user_id: marks[0], symbol: marks[1] }, ...tag },
      { event_type: `${marks[4]}"} 1\n`, timestamp: 1, data: {}, ...tag },
    ];
    // Of a client with rules of its own, with a code that is none of ours.
    const invalid = [{ path: marks[0], code: marks[5], found: marks[0], expected: marks[1] }];
    const wrapped = { event_type: marks[4], source: marks[3], invalid, event: {} };
    await tryPublish(system, { producer: marks[2]!, first: 1, events: [...events, wrapped] });
    await system.settled();
    expect(deadLetterRows(system.database)).toHaveLength(2);
    for (const port of [bus, collector]) {
      const text = await scrape(port);
      for (const mark of marks) expect(text, mark).not.toContain(mark);
      expect(text, 'a line that somebody has slipped in').not.toMatch(/^"?\}? 1$/m);
    }
  });

  test('a start after kill -9 is counted', async () => {
    const { system, collector } = await startServed();
    await system.bus.kill();
    await until('the collector to miss the bus', async () =>
      (await codesOf(collector)).includes('not_following'),
    );
    expect((await ask(collector, '/healthz')).status).toBe(200);
    await system.startBus(served);
    await system.collector.kill();
    await system.startCollector(served);
    const [bus, again] = [await healthPortOf(system.bus), await healthPortOf(system.collector)];
    expect(metricsIn(await scrape(bus)).get('bitten_bus_starts_total')).toBe(2);
    await until('the collector to follow', async () => (await codesOf(again)).length === 0);
    expect(metricsIn(await scrape(again)).get('bitten_collector_starts_total')).toBe(2);
  });
});

describe('readiness', () => {
  test('of the bus is gone while the disk refuses, and life is not', async () => {
    const system = await System.prepare();
    const orders = system.file('disk.json');
    writeFileSync(orders, '{}');
    const preload = pathToFileURL(component('disk')).href;
    await system.startBus({ ...served, NODE_OPTIONS: `--import=${preload}`, BITTEN_TEST_DISK: orders });
    const port = await healthPortOf(system.bus);
    expect(await codesOf(port)).toEqual([]);
    writeFileSync(orders, JSON.stringify({ fail: 'EIO' }));
    await tryPublish(system, { producer: 'p', first: 1, events: [tick(1)] });
    await untilLogged(system.bus, cannotWrite);
    expect(await codesOf(port)).toEqual(['log_unavailable']);
    expect((await ask(port, '/readyz')).body).toContain('EIO');
    expect(metricsIn(await scrape(port)).get('bitten_bus_unavailable')).toBe(1);
    expect((await ask(port, '/healthz')).status).toBe(200);
    writeFileSync(orders, '{}');
    await tryPublish(system, { producer: 'p', first: 1, events: [tick(1)] });
    await untilLogged(system.bus, canWrite);
    expect(await codesOf(port)).toEqual([]);
  });

  test('of the collector is gone while it is behind a store it cannot write, and life is not', async () => {
    const { system, collector } = await startServed();
    await system.settled();
    const lock = new Database(system.database, { timeout: 30_000 });
    onTestFinished(() => void lock.close());
    lock.exec('BEGIN IMMEDIATE');
    await tryPublish(system, { producer: 'p', first: 1, events: [tick(1), tick(2)] });
    await until('the collector to say so', async () => (await codesOf(collector)).includes('not_following'));
    expect((await ask(collector, '/healthz')).status).toBe(200);
    const behind = metricsIn(await scrape(collector));
    expect(behind.get('bitten_collector_lag{log="events"}')).toBe(2);
    expect(behind.get('bitten_collector_lag_seconds{log="events"}')).toBeGreaterThan(0);
    expect(behind.get('bitten_collector_following{log="events"}')).toBe(0);
    lock.exec('ROLLBACK');
    await until('the collector to be ready', async () => (await codesOf(collector)).length === 0);
    await system.settled();
    expect(metricsIn(await scrape(collector)).get('bitten_collector_lag{log="events"}')).toBe(0);
  });
});

describe('the port', () => {
  test('answers this machine by its own names alone, and changes nothing', async () => {
    const { bus } = await startServed();
    for (const host of [
      'evil.example',
      `evil.example:${bus}`,
      '127.0.0.1.evil.example',
      'localhost.evil',
      '10.0.0.1',
    ]) {
      const { status, body } = await ask(bus, '/metrics', { host });
      expect([host, status]).toEqual([host, 421]);
      expect(body).not.toContain('bitten_');
    }
    for (const host of ['localhost', `localhost:${bus}`, '127.0.0.1', '[::1]:9', 'LOCALHOST'])
      expect([host, (await ask(bus, '/healthz', { host })).status]).toEqual([host, 200]);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect([method, (await ask(bus, '/metrics', { method })).status]).toEqual([method, 405]);
    expect(await ask(bus, '/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect((await ask(bus, '/etc/passwd')).status).toBe(404);
  });

  test('that is taken is a warning, and the app does its job', async () => {
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen({ host: '127.0.0.1', port: 0 }, resolve));
    onTestFinished(() => void stranger.close());
    const system = await System.prepare();
    const taken = String((stranger.address() as AddressInfo).port);
    await system.startBus({ BITTEN_BUS_HTTP_PORT: taken });
    await system.startCollector({ BITTEN_COLLECTOR_HTTP_PORT: taken });
    for (const [program, setting] of [
      [system.bus, 'BITTEN_BUS_HTTP_PORT'],
      [system.collector, 'BITTEN_COLLECTOR_HTTP_PORT'],
    ] as const) {
      const said = program.log.filter((line) => line.includes('"warn"'));
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(taken);
      expect(said[0]).toContain(setting);
    }
    await tryPublish(system, { producer: 'p', first: 1, events: [tick(1)] });
    await system.settled();
  });

  test('none serves nothing, and loads nothing for it', async () => {
    const system = await System.prepare();
    const trace = system.file('trace.mjs');
    writeFileSync(
      trace,
      `process.on('exit', () => console.log(JSON.stringify(process.moduleLoadList.includes('NativeModule http'))));`,
    );
    await system.startBus({
      BITTEN_BUS_HTTP_PORT: 'none',
      NODE_OPTIONS: `--import=${pathToFileURL(trace).href}`,
    });
    expect(await system.bus.logged('ready', ({ msg }) => msg === 'ready')).toMatchObject({ http: null });
    await system.bus.stop();
    expect(system.bus.lines).toEqual(['false']);
  });
});

describe('docs/OPERATING.md', () => {
  const file = join(root, 'docs/OPERATING.md');

  test('lists every metric, with its labels and its meaning, and no other', async () => {
    const { system, bus, collector } = await startServed();
    await tryPublish(system, { producer: 'p', first: 1, events: [tick(1), tick(2, {})] });
    await system.settled();
    const alerts = await healthPortOf(await startAlerts(system, 'none', { BITTEN_ALERTS_HTTP_PORT: '0' }));
    const dashboard = Number(new URL((await startDashboard(system)).origin).port);
    // A delay is told once there is one: of an event that is stored while somebody looks.
    let first = 3;
    await until('a delay to be measured', async () => {
      await tryPublish(system, {
        producer: 'p',
        first,
        events: [{ ...tick(first), timestamp: Date.now() / 1000 }],
      });
      first += 1;
      return (await scrape(dashboard)).includes('percentile=');
    });
    const pages = await Promise.all([bus, collector, alerts, dashboard].map((port) => scrape(port)));
    if (hasPromtool) for (const page of pages) expect(complaintsOf(page)).toBe('');
    const rows = pages.flatMap(rowsOf);
    const table = [
      '| metric | type | labels | meaning |',
      '| --- | --- | --- | --- |',
      ...new Set(rows),
    ].join('\n');
    const page = readFileSync(file, 'utf8');
    const [begin, end] = [page.indexOf('<!-- metrics:'), page.indexOf('<!-- /metrics -->')];
    const from = page.indexOf('\n', begin) + 1;
    expect(begin).toBeGreaterThan(0);
    if (process.env.BITTEN_WRITE_DOCS === '1') {
      writeFileSync(file, `${page.slice(0, from)}${table}\n${page.slice(end)}`);
    } else expect(page.slice(from, end).trim()).toBe(table);
  });

  test.skipIf(!hasPromtool)('shows a configuration that Prometheus takes', async () => {
    const config = /```yaml\n(scrape_configs:[\s\S]*?)```/.exec(readFileSync(file, 'utf8'))?.[1];
    const system = await System.prepare();
    const written = system.file('prometheus.yml');
    writeFileSync(written, config!);
    const { status, stderr } = spawnSync('promtool', ['check', 'config', written], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([status, stderr]).toEqual([0, '']);
    for (const port of ['5580', '5581', '5582', '5583']) expect(config).toContain(port);
  });
});

/** Each family of a text of metrics as a row of the page's table. */
function rowsOf(text: string): string[] {
  const labels = new Map<string, Set<string>>();
  for (const name of metricsIn(text).keys()) {
    const [family, inner = ''] = name.replace(/_(?:bucket|sum|count)(?=\{)/, '').split(/[{}]/);
    const known = labels.get(family!) ?? new Set();
    for (const [, label] of inner.matchAll(/(\w+)="/g)) if (label !== 'le') known.add(label!);
    labels.set(family!, known);
  }
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\w+)$/gm)].map(([, name, help, type]) => {
    const shown = [...(labels.get(name!) ?? [])].map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${shown} | ${help} |`;
  });
}
