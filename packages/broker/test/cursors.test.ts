import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { CursorRefusedError, Cursors, UnknownCursorError } from '../src/cursors.js';
import { until } from './support/until.js';

let file: string;
beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), 'bitten-cursors-'));
  file = join(dir, 'log', 'cursors.json');
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
});

const problems: unknown[] = [];
function open(): Cursors {
  problems.length = 0;
  const cursors = new Cursors({ file, now: () => 1000, onError: (error) => problems.push(error) });
  onTestFinished(() => cursors.close());
  return cursors;
}

const cursor = { name: 'collector', log: 'events' as const, next: 5, hold: true };

test('a cursor is opened once, and then stands where it was committed, also after a restart', async () => {
  const cursors = open();
  expect(cursors.open(cursor)).toEqual({ ...cursor, committed_at: 1000 });
  expect(cursors.commit('collector', 9).next).toBe(9);
  expect(cursors.open({ ...cursor, next: 1 }).next).toBe(9);
  await cursors.close();
  expect(open().list()).toEqual([{ ...cursor, next: 9, committed_at: 1000 }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a commit is on disk soon, without anybody closing anything', async () => {
  const cursors = open();
  cursors.open(cursor);
  cursors.commit('collector', 9);
  await until('the file', () => read().includes('"next": 9'));
  cursors.commit('collector', 12);
  await until('the file', () => read().includes('"next": 12'));
});

test('a commit never moves a cursor back; a reset does', () => {
  const cursors = open();
  cursors.open(cursor);
  expect(cursors.commit('collector', 3).next).toBe(5);
  expect(cursors.reset('collector', 3).next).toBe(3);
});

test('a cursor that is not there is named, with those that are', () => {
  const cursors = open();
  expect(() => cursors.commit('x', 1)).toThrow(UnknownCursorError);
  cursors.open(cursor);
  expect(() => cursors.delete('x')).toThrow(expect.objectContaining({ expected: 'one of collector' }));
  cursors.delete('collector');
  expect(() => cursors.reset('collector', 1)).toThrow(UnknownCursorError);
});

test('only what holds keeps retention back, each log for itself', () => {
  const cursors = open();
  expect(cursors.floor('events')).toBe(Number.POSITIVE_INFINITY);
  cursors.open({ ...cursor, name: 'a', next: 7 });
  cursors.open({ ...cursor, name: 'b', next: 3, hold: false });
  cursors.open({ ...cursor, name: 'c', next: 2, log: 'dead_letters' });
  expect(cursors.floor('events')).toBe(7);
  cursors.open({ ...cursor, name: 'b', hold: true });
  expect(cursors.floor('events')).toBe(3);
  expect(cursors.floor('dead_letters')).toBe(2);
});

test('retention waits for what is on disk: a crash must not leave a reader behind the log', async () => {
  const cursors = open();
  cursors.open(cursor);
  await cursors.saved();
  cursors.commit('collector', 900);
  expect(cursors.floor('events')).toBe(5);
  await cursors.saved();
  expect(cursors.floor('events')).toBe(900);
  cursors.reset('collector', 20);
  expect(cursors.floor('events')).toBe(20);
});

test('a cursor of the other log is not mistaken for one of this', () => {
  const cursors = open();
  cursors.open(cursor);
  expect(() => cursors.open({ ...cursor, log: 'dead_letters' })).toThrow(CursorRefusedError);
});

test('a stranger cannot make more of them than the file can bear', () => {
  const cursors = open();
  for (let n = 0; n < 1_000; n += 1) cursors.open({ ...cursor, name: `c${n}` });
  expect(() => cursors.open({ ...cursor, name: 'one-more' })).toThrow(CursorRefusedError);
  expect(cursors.open({ ...cursor, name: 'c5' }).next).toBe(5);
});

describe('a file', () => {
  test.each(['', '{"cursors":', '{}', '{"cursors":[{"name":"x"}]}', 'null'])(
    'of %j is not guessed at',
    (text) => {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text);
      expect(open).toThrow(expect.objectContaining({ code: 'corrupt_cursors' }));
    },
  );

  test('that cannot be written for a while is tried again, and spoken of once', async () => {
    const cursors = open();
    const dir = join(file, '..');
    rmSync(dir, { recursive: true });
    cursors.open(cursor);
    await until('a complaint', () => problems.length > 0);
    // Retention may be what makes room.
    cursors.commit('collector', 9);
    expect(cursors.floor('events')).toBe(9);
    mkdirSync(dir);
    await until('the file', () => read().includes('collector'));
    expect(problems).toHaveLength(1);
  });
});

function read(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
