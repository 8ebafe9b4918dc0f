import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '@bitten/proof';
import { expect, test } from 'vitest';
import { complaintsOf } from '../support/metrics.js';
import { tryPublish } from '../support/outage.js';
import { programs } from '../support/places.js';
import { System } from '../support/system.js';
import { findCommand } from '../support/tools.js';

interface Told {
  status: string;
  code: number;
  checks: Array<{ name: string; status: string; text: string }>;
}

/** `bitten check` with limits that the disk of this machine passes. */
async function check(
  system: System,
  args: readonly string[] = [],
): Promise<{ code: number | null; program: Program }> {
  const disk = ['--disk-warn', '1B', '--disk-crit', 'none'];
  const program = system.run('bitten check', programs.cli, { args: ['check', ...disk, ...args] });
  const { code } = await program.ended();
  return { code, program };
}

/** What is not ok, by name, and the exit code. */
async function bad(system: System, args: readonly string[] = []): Promise<Record<string, unknown>> {
  const { code, program } = await check(system, ['--format', 'json', ...args]);
  const told = JSON.parse(program.lines.join('')) as Told;
  expect(told.code).toBe(code);
  const wrong = told.checks.filter(({ status }) => status !== 'ok').map(({ name, status }) => [name, status]);
  return { code, ...Object.fromEntries(wrong) };
}

function tick(n: number, more: object = {}): object {
  const data = { symbol: 'EURUSD', bid: 1, ask: 1, timestamp: n, ...more };
  return { event_type: 'market_data', timestamp: Date.now() / 1000, source: 'test', data };
}

test('a running system is well, and each trouble has its status and exit code', async () => {
  const system = await System.start();
  await tryPublish(system, { producer: 'p', first: 1, events: [tick(1), tick(2)] });
  await system.settled();
  expect(await bad(system, ['--newest-crit', '1h', '--component', 'event_bus:1h'])).toEqual({ code: 0 });
  expect(await bad(system, ['--component', 'elite_guard:60s'])).toEqual({ code: 2, components: 'critical' });
  expect(await bad(system, ['--rss-warn', '1MiB'])).toEqual({ code: 1, memory: 'warning' });

  await tryPublish(system, { producer: 'p', first: 3, events: [tick(3, { bid: 'much' })] });
  await system.settled();
  expect(await bad(system)).toEqual({ code: 1, 'dead-letters': 'warning' });
  expect(await bad(system, ['--skip', 'dead-letters'])).toEqual({ code: 0 });

  const spool = join(system.dataDir, 'spool', 'webapp', 'p-1');
  mkdirSync(spool, { recursive: true });
  writeFileSync(join(spool, '00000000000000000001.seg'), 'x'.repeat(1000));
  expect(await bad(system, ['--only', 'spools'])).toEqual({ code: 1, spools: 'warning' });

  await system.collector.kill();
  const events = Array.from({ length: 50 }, (_, n) => tick(n + 1));
  await tryPublish(system, { producer: 'p', first: 4, events });
  expect(await bad(system, ['--only', 'lag,retention'])).toEqual({ code: 0 });
  expect(await bad(system, ['--only', 'lag', '--lag-crit', '50'])).toEqual({ code: 2, lag: 'critical' });
  expect(await bad(system, ['--only', 'lag', '--lag-time-warn', '1ms'])).toEqual({ code: 1, lag: 'warning' });
  expect(await bad(system, ['--only', 'retention', '--hold-warn', '50'])).toEqual({
    code: 1,
    retention: 'warning',
  });

  await system.bus.kill();
  const away = await bad(system, ['--timeout', '1s']);
  expect(away).toMatchObject({ code: 2, bus: 'critical', log: 'unknown', lag: 'unknown' });
  expect(await bad(system, ['--timeout', '1s', '--only', 'lag'])).toEqual({ code: 3, lag: 'unknown' });
});

test('what is wrongly called is unknown, not critical', async () => {
  const system = await System.prepare();
  for (const args of [
    ['--only', 'weather'],
    ['--only', 'components'],
    ['--lag-warn', 'much'],
    ['--frobnicate'],
    ['--format', 'xml'],
    ['--bus-port', 'x'],
  ]) {
    const { code, program } = await check(system, args);
    expect([args, code]).toEqual([args, 3]);
    expect(program.lines).toEqual([]);
    expect(program.log.join('\n')).not.toMatch(/^\s+at /m);
  }
});

test('Nagios gets one line with performance data, Prometheus what promtool takes', async () => {
  const system = await System.start();
  await system.settled();
  const nagios = await check(system, ['--format', 'nagios']);
  expect(nagios.code).toBe(0);
  expect(nagios.program.lines[0]).toMatch(/^BITTEN OK - 9 checks \| 'bus_up'=1;; /);
  const prometheus = await check(system, ['--format', 'prometheus', '--component', 'event_bus:1h']);
  expect(prometheus.program.lines[0]).toMatch(/^# HELP /);
  const text = `${prometheus.program.lines.join('\n')}\n`;
  expect(text).toContain('bitten_check_status{check="bus"} 0');
  expect(text).toMatch(/bitten_check_heartbeat_age_seconds\{component="event_bus"\} \d/);
  if (findCommand('promtool')) expect(complaintsOf(text)).toBe('');
});
