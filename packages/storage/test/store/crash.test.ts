import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { build } from 'tsup';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.js';

const here = dirname(fileURLToPath(import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'bitten-store-crash-'));
const program = join(dir, 'apply-until-killed.mjs');
const outExtension = () => ({ js: '.mjs' });

beforeAll(async () => {
  // The program is built from the sources under test, and finds its packages where they do.
  symlinkSync(join(here, '../../node_modules'), join(dir, 'node_modules'));
  const entry = [join(here, 'fixtures', 'apply-until-killed.ts')];
  const options = { format: 'esm' as const, target: 'node20', config: false, silent: true, outExtension };
  await build({ ...options, entry, outDir: dir });
}, 60_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the program until it has reported `reports` spans, kills it, and returns the last cursor it reported. */
function runAndKill(file: string, reports: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
      if (out.split('\n').length > reports) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      const whole = out.slice(0, out.lastIndexOf('\n')).split('\n');
      if (signal === 'SIGKILL') resolve(Number(whole.at(-1)));
      else reject(new Error('the program ended by itself'));
    });
  });
}

it('holds exactly the events before its cursor after each of several kills', async () => {
  const file = join(dir, 'store.db');
  for (const reports of [1, 7, 40, 3, 90]) {
    const reported = await runAndKill(file, reports);
    const store = openStore({ file });
    const cursor = store.cursor('events');
    // What was reported is there; what was under way may be.
    expect(cursor).toBeGreaterThanOrEqual(reported);
    expect(store.summary().rows).toBe(cursor - 1);
    store.close();

    const db = new Database(file, { readonly: true });
    const one = (sql: string) => db.prepare(sql).raw().get();
    expect(one('SELECT COUNT(*), MIN(id), MAX(id) FROM events')).toEqual([cursor - 1, 1, cursor - 1]);
    expect(one('SELECT COUNT(*) FROM health_events')).toEqual([Math.floor((cursor - 1) / 3)]);
    expect(one('PRAGMA integrity_check')).toEqual(['ok']);
    db.close();
  }
}, 60_000);
