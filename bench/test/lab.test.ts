import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab } from '../src/lab.js';

let baseDir: string;
let lab: Lab;

beforeEach(() => {
  baseDir = mkdtempSync(join(tmpdir(), 'bitten-lab-test-'));
  lab = new Lab({ scale: 'quick', baseDir, nodeArgs: () => [], onFigure: () => {}, onNote: () => {} });
});

afterEach(async () => {
  await lab.clear();
  rmSync(baseDir, { recursive: true, force: true });
});

test('programs in processes of their own answer, and nothing of them is left', async () => {
  const router = await lab.start('router');
  const dealer = await lab.start('dealer');
  const port = await router.ask('listen');
  expect(await dealer.ask('roundTrips', { port, count: 5 })).toHaveLength(5);
  expect(await dealer.ask('batches', { port, count: 20, body_bytes: 1_000, window: 4 })).toBeGreaterThan(0);
  await lab.clear();
  expect(await router.ended).toMatch(/exit code 0|SIGTERM/);
  expect(readdirSync(baseDir)).toEqual([]);
});

test('what a program throws comes back with its name', async () => {
  const sqlite = await lab.start('sqlite');
  const asking = sqlite.ask('newestOf', { file: join(baseDir, 'missing.db'), rounds: 1 });
  await expect(asking).rejects.toThrow(/sqlite, asked to newestOf: .*missing\.db/s);
});

test('a program that ends while it is asked is told of, not waited for', async () => {
  const router = await lab.start('router');
  const ending = router.ask('listen').then(() => router.message(() => false));
  const told = expect(ending).rejects.toThrow('the router ended: killed by SIGKILL');
  await router.kill();
  await told;
});

test('a folder lasts until the run is cleared', async () => {
  const dir = lab.folder();
  expect(existsSync(dir)).toBe(true);
  await lab.clear();
  expect(existsSync(dir)).toBe(false);
});
