import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../src/check/check.js';
import type { Counts } from '../src/check/verdict.js';
import { type Entry, evidenceOf, type History } from './support/history.js';

const two: readonly Entry[] = [
  [0, 1],
  [1, 1],
  [0, 2],
  [0, 3],
  [1, 2],
];

test('a true history is found true, and counted', () => {
  const history = { logged: two, kept: [3, 2], refused: [1, 2], deadLetters: [1, 2] };
  const { ok, counts, violations } = check(evidenceOf(history));
  expect(violations).toEqual([]);
  expect(ok).toBe(true);
  expect(counts).toMatchObject({
    acknowledged: 5,
    promised: 5,
    stored: 5,
    logged: 5,
    seen: 5,
    deadLetters: 2,
  });
});

test('what comes a second time to a subscriber that began anew is no fault', () => {
  const evidence = evidenceOf({ logged: two, seen: [1, 2, 3] });
  const again = evidenceOf({ logged: two, seen: [2, 3, 4, 5] });
  expect(check({ ...evidence, watches: [...evidence.watches, ...again.watches] }).violations).toEqual([]);
});

interface Broken extends History {
  what: string;
  wrong: keyof Counts;
  count?: number;
}

const broken: readonly Broken[] = [
  {
    what: 'an acknowledged event is in neither log nor store',
    logged: two,
    receipts: [[0, 4, 6]],
    wrong: 'lost',
  },
  { what: 'an event of the spool is not there', logged: two, kept: [5], wrong: 'lost', count: 2 },
  { what: 'an event is there twice', logged: [...two, [0, 3]], wrong: 'doubled' },
  {
    what: 'two events of a producer have changed places',
    logged: [
      [0, 1],
      [0, 3],
      [0, 2],
    ],
    wrong: 'reordered',
    count: 2,
  },
  { what: 'a receipt tells another place', logged: two, receipts: [[0, 1, 2]], wrong: 'falseReceipts' },
  {
    what: 'receipts came out of order',
    logged: two,
    receipts: [
      [0, 2, 3],
      [0, 1, 1],
    ],
    wrong: 'falseReceipts',
  },
  { what: 'the store lacks the end of the log', logged: two, stored: two.slice(0, 4), wrong: 'misstored' },
  {
    what: 'the store holds another event than the log',
    logged: two,
    stored: [
      [0, 1],
      [1, 1],
      [0, 2],
      [1, 2],
      [0, 3],
    ],
    wrong: 'misstored',
    count: 2,
  },
  { what: 'a subscriber missed an event', logged: two, seen: [1, 2, 4, 5], wrong: 'misseen' },
  {
    what: 'a subscriber got an event twice in one life',
    logged: two,
    seen: [1, 2, 2, 3, 4, 5],
    wrong: 'misseen',
  },
  { what: 'a subscriber stopped early', logged: two, seen: [1, 2, 3], wrong: 'misseen', count: 2 },
  { what: 'an invalid event is no dead letter', logged: two, refused: [1], wrong: 'deadLettersWrong' },
  {
    what: 'an invalid event is a dead letter twice',
    logged: two,
    refused: [1],
    deadLetters: [1, 1],
    wrong: 'deadLettersWrong',
  },
];

describe('a broken promise is found', () => {
  test.each(broken)('$what', ({ wrong, count = 1, ...history }) => {
    const { ok, counts, violations } = check(evidenceOf(history));
    expect(ok).toBe(false);
    expect(counts[wrong], violations.join('\n')).toBeGreaterThanOrEqual(count);
    expect(violations.some((words) => words.startsWith(`${wrong}: `))).toBe(true);
  });

  test('a byte of the log has turned', () => {
    const evidence = evidenceOf({ logged: two });
    const dir = join(evidence.dataDir, 'log');
    const file = join(dir, readdirSync(dir).find((name) => name.endsWith('.seg'))!);
    const content = readFileSync(file);
    content[400]! ^= 1;
    writeFileSync(file, content);
    const { ok, violations } = check(evidence);
    expect(ok).toBe(false);
    expect(violations.join('\n')).toContain('checksum');
  });
});
