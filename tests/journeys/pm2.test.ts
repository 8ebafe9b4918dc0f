import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, Load, root, System, storedUpTo, until } from '@bitten/proof';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Pm2 } from '../support/pm2.js';
import { scaled, testSeed } from '../support/scale.js';

const ecosystem = join(root, 'ecosystem.config.cjs');
const apps = ['event_bus', 'data_collector'] as const;
/** Whose death hurts nobody but who looks. */
const others = ['alerts', 'dashboard'] as const;

/** Three publishers, two of them with receipts; 5,000 events/s are left of it with their start and end counted in. */
const rate_per_s = 5_500;
const publishers = 3;

interface Stage {
  pm2: Pm2;
  system: System;
  notesDir: string;
}

/** A pm2, ports and folders; nothing runs yet. */
async function prepare(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'bitten-supervised-'));
  const [dataDir, notesDir] = [join(folder, 'data'), join(folder, 'notes')];
  for (const dir of [dataDir, notesDir]) mkdirSync(dir, { mode: 0o700 });
  // Only at its start and end does the bus say something by itself: what is stored once all is quiet stays all.
  const system = await System.in(dataDir, { BITTEN_HEARTBEAT: '1d' });
  const pm2 = new Pm2(system.env);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail')
      console.error(`${system.tails()}\n${apps.map((app) => logOf(pm2, app))}`);
    await pm2.close();
    await system.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { pm2, system, notesDir };
}

function logOf(pm2: Pm2, name: string): string {
  const file = join(pm2.home, 'logs', `${name}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Kills the bus and the collector in turn; each is started again, and work goes on, before the next. */
async function killInTurn(from: { pm2: Pm2; system: System; load: Load; kills: number }): Promise<void> {
  const { pm2, system, load, kills } = from;
  for (let kill = 0; kill < kills; kill += 1) {
    const victim = apps[kill % apps.length]!;
    const before = await pm2.killOne(victim);
    const { restarts } = await pm2.restarted(victim, before);
    expect(restarts, `restarts of ${victim} pm2 has counted`).toBe(Math.floor(kill / apps.length) + 1);
    await load.goesOn(`receipts after the death of ${victim}`);
    const stored = storedUpTo(system.database);
    await until('the collector to go on', () => storedUpTo(system.database) > stored);
  }
}

describe('under pm2', () => {
  test('a killed bus and a killed collector are restarted under load, and nothing acknowledged is missing', async () => {
    const seed = testSeed();
    const { pm2, system, notesDir } = await prepare();
    await pm2.run(['start', ecosystem]);
    for (const name of [...apps, ...others])
      expect(logOf(pm2, name), `${name}, when pm2 says it runs`).toContain('"msg":"ready"');
    const load = new Load({ system, seed, notesDir, padding_max: 0, rate_per_s: rate_per_s / publishers });
    const begun = performance.now();
    load.start();
    await load.goesOn();
    const kills = scaled(4, 20);
    await killInTurn({ pm2, system, load, kills });
    await load.finishPublishing();
    const published = load.lives.reduce((sum, { complete }) => sum + (complete?.published ?? 0), 0);
    const rate = (1_000 * published) / (performance.now() - begun);
    const end = await system.settled();
    await load.finishWatching(end);
    const { lives, watches, padding_max } = load;
    const verdict = check({ dataDir: system.dataDir, seed, padding_max, lives, watches });
    expect(verdict.violations).toEqual([]);
    expect(verdict.ok).toBe(true);
    console.log(`${kills} kills, ${JSON.stringify({ ...verdict.counts, rate_per_s: Math.round(rate) })}`);
    await pm2.run(['stop', 'all']);
    for (const name of [...apps, ...others])
      expect(logOf(pm2, name).trimEnd(), `the last line of ${name}`).toMatch(/"msg":"stopped"}$/);
  });

  test('wrong settings are said once, and not started again and again', async () => {
    const { pm2 } = await prepare();
    await pm2.run(['start', ecosystem], { BITTEN_LOG_LEVEL: 'loud' });
    for (const name of apps) {
      const ended = await until(`pm2 to see the end of ${name}`, async () => {
        const found = await pm2.find(name);
        return found.exitCode === undefined ? undefined : found;
      });
      expect(ended).toMatchObject({ exitCode: 2, pid: 0, restarts: 0 });
    }
    // Another start of pm2's own takes 0.1 s; one right setting later both run, which takes longer.
    await pm2.run(['restart', ecosystem, '--update-env'], { BITTEN_LOG_LEVEL: 'info' });
    for (const name of apps) {
      expect(await pm2.find(name)).toMatchObject({ status: 'online' });
      expect(logOf(pm2, name).split('found "loud"')).toHaveLength(2);
    }
  });

  test('what cannot start yet is tried again until it can', async () => {
    const { pm2, system } = await prepare();
    await system.startBus();
    await pm2.run(['start', ecosystem, '--only', 'event_bus']);
    await until('pm2 to try more than once', async () => (await pm2.find('event_bus')).restarts >= 2);
    expect(logOf(pm2, 'event_bus')).toContain(`process ${system.bus.pid} `);
    await system.bus.stop('SIGINT');
    await pm2.restarted('event_bus', 0);
  });
});
