import { MemoryLog } from '@bitten/storage/log';
import { describe, expect, test } from 'vitest';
import { Admission } from '../src/admission.js';

function admissionOver(known: Record<string, number> = {}): Admission {
  const log = new MemoryLog();
  for (const [producer, last] of Object.entries(known)) {
    const body = Buffer.from(Array.from({ length: last }, () => '{}').join('\n'));
    log.stage({ producer, producerSeq: 1, count: last, appendedAt: 1, body });
  }
  log.commit();
  return new Admission(log);
}

const batch = (first: number, count: number, acked = 0) => ({ producer: 'p', first, count, acked });

describe('a batch', () => {
  test('that joins what was handled is appended whole', () => {
    const admission = admissionOver({ p: 5 });
    expect(admission.admit(batch(6, 3))).toEqual({ kind: 'append', duplicates: 0 });
    expect(admission.admit(batch(9, 1))).toEqual({ kind: 'append', duplicates: 0 });
  });

  test('that begins earlier is appended from where it is new', () => {
    const admission = admissionOver({ p: 5 });
    expect(admission.admit(batch(4, 4))).toEqual({ kind: 'append', duplicates: 2 });
    expect(admission.admit(batch(1, 3))).toEqual({ kind: 'append', duplicates: 3 });
    expect(admission.admit(batch(8, 1))).toEqual({ kind: 'append', duplicates: 0 });
  });

  test('that leaves a hole is refused, and changes nothing', () => {
    const admission = admissionOver({ p: 5 });
    expect(admission.admit(batch(8, 3))).toEqual({ kind: 'out_of_sequence', expected: 6 });
    expect(admission.admit(batch(6, 2))).toEqual({ kind: 'append', duplicates: 0 });
  });
});

describe('an unknown producer', () => {
  test('begins at 1', () => {
    expect(admissionOver().admit(batch(2, 1))).toEqual({ kind: 'out_of_sequence', expected: 1 });
    expect(admissionOver().admit(batch(1, 1))).toEqual({ kind: 'append', duplicates: 0 });
  });

  test('goes on after what it says was acknowledged', () => {
    expect(admissionOver().admit(batch(8, 1, 7))).toEqual({ kind: 'append', duplicates: 0 });
    expect(admissionOver().admit(batch(9, 1, 7))).toEqual({ kind: 'out_of_sequence', expected: 8 });
  });
});

test('a known producer whose last events were invalid goes on after them', () => {
  // After a restart the event log knows nothing of 6 and 7, which went to the dead letters.
  expect(admissionOver({ p: 5 }).admit(batch(8, 1, 7))).toEqual({ kind: 'append', duplicates: 0 });
});

test('what a failed commit had admitted may be sent again', () => {
  const admission = admissionOver({ p: 5 });
  admission.admit(batch(6, 3));
  admission.rollback();
  expect(admission.admit(batch(9, 1))).toEqual({ kind: 'out_of_sequence', expected: 6 });
  expect(admission.admit(batch(6, 3))).toEqual({ kind: 'append', duplicates: 0 });
});

test('only what is durable counts as handled', () => {
  const admission = admissionOver({ p: 5 });
  admission.admit(batch(6, 3));
  expect(admission.handled('p')).toBe(5);
  admission.commit();
  expect(admission.handled('p')).toBe(8);
  expect(admission.handled('nobody')).toBeUndefined();
});
