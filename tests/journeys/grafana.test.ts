import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, until, untilSaid } from '@bitten/proof';
import { describe, expect, test } from 'vitest';
import { startAlerts, startDashboard } from '../support/dashboard.js';
import { healthPortOf } from '../support/metrics.js';
import { startComponent, tryPublish } from '../support/outage.js';
import { hasPrometheus, Prometheus } from '../support/prometheus.js';
import { testSeed } from '../support/scale.js';
import { System } from '../support/system.js';
import { saySkipped } from '../support/tools.js';

if (!hasPrometheus) saySkipped('the panels of Grafana', 'no prometheus (Debian package prometheus)');

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Array<{ refId: string; expr: string; datasource: { uid: string } }>;
}

const folder = join(root, 'grafana');
const dashboard = JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8')) as {
  panels: Panel[];
  annotations: { list: Array<{ expr: string }> };
  templating: { list: Array<{ name: string }> };
};
const drawn = dashboard.panels.filter(({ type }) => type !== 'row');
const exprs = drawn.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

/** As Grafana fills them in. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'bitten');
}

function promtool(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, said: `${stdout}${stderr}` };
}

describe('grafana/dashboard.json', () => {
  test('names its data source by a variable, says what each panel is, and lets none cover another', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'job']);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { title, description, datasource, targets = [] } of drawn) {
      expect(description, title).toMatch(/\.$/);
      for (const { uid } of [datasource!, ...targets.map((target) => target.datasource)])
        expect(uid, title).toBe('$' + '{datasource}');
    }
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x}/${y}`), title).toBeUndefined();
          taken.set(`${x}/${y}`, title);
        }
    }
  });

  test.skipIf(!hasPrometheus)('every panel has data of a running system', async () => {
    const served = { BITTEN_BUS_HTTP_PORT: '0', BITTEN_COLLECTOR_HTTP_PORT: '0' };
    const system = await System.prepare();
    await system.startBus(served);
    await system.startCollector(served);
    const alerts = await startAlerts(system, 'none', { BITTEN_ALERTS_HTTP_PORT: '0' });
    const page = await startDashboard(system);
    const prometheus = await Prometheus.start(system, {
      bus: await healthPortOf(system.bus),
      collector: await healthPortOf(system.collector),
      alerts: await healthPortOf(alerts),
      dashboard: Number(new URL(page.origin).port),
    });
    const publisher = startComponent(system, testSeed(), 0);
    await untilSaid(publisher, 'published', 1_000);
    await tryPublish(system, { producer: 'bad', first: 1, events: [{ event_type: 'market_data' }] });
    const empty = async () => {
      const asked = exprs.map(async ({ title, expr }) => {
        const samples = await prometheus.query(filledIn(expr));
        return samples.some(({ value }) => Number.isFinite(value)) ? null : `${title}: ${expr}`;
      });
      return (await Promise.all(asked)).filter((panel) => panel !== null);
    };
    let without: string[] = [];
    await until('every panel to have data', async () => {
      without = await empty();
      return without.length === 0;
    }).catch(() => expect(without).toEqual([]));
    expect(await prometheus.query(filledIn(drawn[0]!.targets![0]!.expr))).toEqual([{ labels: {}, value: 4 }]);
    for (const { expr } of dashboard.annotations.list) await prometheus.query(filledIn(expr));
    // A metric that nobody serves would be missing by no one where an expression has `or vector(0)`.
    const rules = readFileSync(join(folder, 'alerts.rules.yml'), 'utf8');
    const names = [rules, ...exprs.map(({ expr }) => expr)].join(' ').matchAll(/\bbitten_\w+/g);
    const known = await namesOf(prometheus);
    for (const [name] of names) expect(known, name).toContain(name);
    publisher.signal('SIGTERM');
    await publisher.ended();
  });
});

/** The names of all metrics that Prometheus has, also of those that have no sample yet, as their help tells. */
async function namesOf(prometheus: Prometheus): Promise<Set<string>> {
  const series = await prometheus.query('count by (__name__) ({job="bitten"})');
  return new Set([...series.map(({ labels }) => labels.__name__!), ...(await prometheus.described())]);
}

describe.skipIf(!hasPrometheus)('the rules for Prometheus', () => {
  const page = readFileSync(join(root, 'docs/GRAFANA.md'), 'utf8');
  const rules = readFileSync(join(folder, 'alerts.rules.yml'), 'utf8');

  test('are such as promtool takes, with the configuration, by the commands of docs/GRAFANA.md', () => {
    const commands = [...page.matchAll(/^promtool (.*)$/gm)].map(([, args]) => args!.split(' '));
    expect(commands).toHaveLength(3);
    for (const args of commands) {
      const { status, said } = promtool(...args);
      expect([status, said]).toEqual([0, expect.stringContaining('SUCCESS')]);
    }
  });

  test('are each tried, when they should fire and when not, and listed with their severity', () => {
    const cases = readFileSync(join(folder, 'alerts.test.yml'), 'utf8');
    const listed = [...page.matchAll(/^\| `(Bitten\w+)` \| (\w+) \|/gm)].map(([, ...row]) => row);
    const written = rules.matchAll(/- alert: (\w+)[\s\S]*?severity: (\w+)/g);
    expect(listed).toEqual([...written].map(([, ...rule]) => rule));
    for (const [name] of listed) expect(cases).toContain(`alertname: ${name}`);
  });
});
