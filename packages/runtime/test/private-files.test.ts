import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closeToOthers } from '../src/private-files.js';

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('what is ours in a data folder is closed to others, and nothing else', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-runtime-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, 'spool', 'webapp', 'run'), { recursive: true });
  mkdirSync(join(dir, 'log'));
  mkdirSync(join(dir, 'foreign'));
  const segment = join(dir, 'log', '1.seg');
  const spooled = join(dir, 'spool', 'webapp', 'run', '1.seg');
  const foreign = join(dir, 'foreign', 'notes');
  const database = join(dir, 'bitten_events.db-wal');
  for (const file of [segment, spooled, foreign, database]) writeFileSync(file, '');
  for (const path of [segment, spooled, foreign, database]) chmodSync(path, 0o644);
  for (const folder of ['log', 'spool', 'spool/webapp', 'foreign']) chmodSync(join(dir, folder), 0o755);
  symlinkSync(foreign, join(dir, 'log', 'link'));

  expect(closeToOthers(dir)).toEqual(expect.arrayContaining([segment, spooled, database, join(dir, 'log')]));
  for (const file of [segment, spooled, database]) expect(modeOf(file)).toBe(0o600);
  for (const folder of ['log', 'spool', 'spool/webapp']) expect(modeOf(join(dir, folder))).toBe(0o700);
  expect(modeOf(foreign)).toBe(0o644);
  expect(modeOf(join(dir, 'foreign'))).toBe(0o755);
  expect(closeToOthers(dir)).toEqual([]);
});
