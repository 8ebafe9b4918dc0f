import { expect, test } from 'vitest';
import { crashPlaces } from '../src/points.js';
import type { Call } from '../src/preload/calls.js';
import { isSqlitePoint, rules } from '../src/preload/rules.js';

const segment = '/data/log/00000000000000000001.seg';
const record = Buffer.from('0123456789'.repeat(10));
const append: Call = { what: 'write', path: segment, data: record, position: 64, durable: true };

test('each crash point has a rule, or is one of SQLite', () => {
  for (const { point, victim } of crashPlaces) {
    expect(point in rules, point).toBe(!isSqlitePoint(point));
    expect(isSqlitePoint(point), point).toBe(victim === 'collector');
  }
});

test('a commit is told from a header, from zeros, and from the same write to another log', () => {
  const { beforeAppend, midTailRepair, midDeadLetterAppend, midSpoolWrite } = rules;
  expect(beforeAppend.matches(append)).toBe(true);
  expect(beforeAppend.matches({ ...append, position: 0 })).toBe(false);
  expect(beforeAppend.matches({ ...append, data: Buffer.alloc(100) })).toBe(false);
  expect(midTailRepair.matches({ ...append, data: Buffer.alloc(100) })).toBe(true);
  const inSpool = '/data/spool/engine/0192/00000000000000000001.seg';
  expect(beforeAppend.matches({ ...append, path: inSpool })).toBe(false);
  expect(midSpoolWrite.matches({ ...append, path: inSpool })).toBe(true);
  const letters = '/data/dead-letters/00000000000000000001.seg';
  expect(midDeadLetterAppend.matches({ ...append, path: letters })).toBe(true);
  expect(midDeadLetterAppend.matches(append)).toBe(false);
});

test('before the acknowledgement is after the write that is durable itself, or after the sync of one that is not', () => {
  const { afterFsyncBeforeAck, afterAppendBeforeFsync } = rules;
  const growing = { ...append, durable: false };
  const sync: Call = { what: 'sync', path: segment, followsAppend: true };
  expect(afterFsyncBeforeAck.matches(append)).toBe(true);
  expect(afterFsyncBeforeAck.matches(growing)).toBe(false);
  expect(afterFsyncBeforeAck.matches(sync)).toBe(true);
  expect(afterAppendBeforeFsync.matches(sync)).toBe(true);
  expect(afterAppendBeforeFsync.matches({ what: 'sync', path: segment })).toBe(false);
});
