import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { figuresOf } from '../src/figures.js';
import type { Vitals } from '../src/vitals.js';

/** Nothing answers and nothing is known; what a test is about is put in its place. */
const nothing = {
  at: 10_000,
  bus: { ok: false, why: 'no bus' },
  store: { ok: false, why: 'no store' },
  oldest_unstored_at: null,
  disks: [{ what: 'data', why: 'no folder' }],
} as unknown as Vitals;

/** The log is at `next`, the store has all before `stored`. */
function behind(next: number, stored: number, oldest_unstored_at: number | null): Vitals {
  return {
    ...nothing,
    bus: { ok: true, log_id: 'log', stats: { log: { next }, cursors: [] } },
    store: { ok: true, summary: { log_id: 'log', cursors: { events: stored }, dead_letters_open: 3 } },
    oldest_unstored_at,
  } as unknown as Vitals;
}

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bitten-vitals-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('what nobody knows is absent, and not nought', () => {
  expect(figuresOf(nothing, tempFolder())).toEqual({});
});

test('the lag is in events, and in seconds since the oldest that is not stored came', () => {
  expect(figuresOf(behind(120, 100, 9_940), tempFolder())).toEqual({
    collector_lag_events: 20,
    collector_lag_s: 60,
    dead_letters_open: 3,
  });
  expect(figuresOf(behind(100, 100, null), tempFolder())).toMatchObject({
    collector_lag_events: 0,
    collector_lag_s: 0,
  });
});

test('of several disks the one with least room counts', () => {
  const disks = [
    { what: 'data', free_bytes: 50, total_bytes: 100 },
    { what: 'store', free_bytes: 60, total_bytes: 1_000 },
  ] as const;
  expect(figuresOf({ ...nothing, disks: [...disks] }, tempFolder())).toEqual({
    disk_free_bytes: 50,
    disk_free_percent: 6,
  });
});

test('a backup is as old as the newest file of the folder', () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'backups'));
  expect(figuresOf(nothing, folder), 'an empty folder tells nothing').toEqual({});
  for (const [name, time] of [
    ['old', 1_000],
    ['new', 9_000],
  ] as const) {
    writeFileSync(join(folder, 'backups', name), '');
    utimesSync(join(folder, 'backups', name), time, time);
  }
  expect(figuresOf(nothing, folder)).toEqual({ backup_age_s: 1_000 });
});
