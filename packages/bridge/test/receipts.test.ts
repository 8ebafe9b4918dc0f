import { InvalidEventError } from '@bitten/schema';
import type { PublishReply } from '@bitten/transport';
import { expect, test } from 'vitest';
import { type Receipt, ReceiptDroppedError, type Settler } from '../src/receipt.js';
import { Receipts } from '../src/receipts.js';

/** Settlers that write down what becomes of them. */
function settlers(): { settler: (name: string) => Settler; outcomes: Record<string, unknown> } {
  const outcomes: Record<string, unknown> = {};
  const settler = (name: string): Settler => ({
    resolve: (receipt: Receipt) => {
      outcomes[name] = receipt.seq;
    },
    reject: (error: unknown) => {
      outcomes[name] = error;
    },
    number: 0,
  });
  return { settler, outcomes };
}

function reply(parts: Partial<PublishReply>): PublishReply {
  return { level: 'fsynced', seqs: [], rejected: [], ...parts };
}

test('each gets what the bus said of its number, in whatever pieces it said it', () => {
  const receipts = new Receipts(100);
  const { settler, outcomes } = settlers();
  for (const [i, name] of ['one', 'two', 'three', 'five', 'six', 'seven'].entries()) {
    receipts.push(settler(name), i < 3 ? i + 1 : i + 2);
  }
  const issues = [{ path: 'data', code: 'missing' as const, found: '', expected: '' }];
  const seqs: PublishReply['seqs'] = [
    [1, 50, 2],
    [4, 60, 2],
    [6, null, 1],
  ];
  receipts.settle(6, reply({ seqs, rejected: [{ producer_seq: 3, dead_letter: 9, issues }] }));
  expect(outcomes).toEqual({ one: 50, two: 51, three: expect.any(InvalidEventError), five: 61, six: null });
  expect(outcomes.three).toMatchObject({ deadLetter: 9, issues });
  expect(receipts.outstanding).toBe(1);
});

test('one that the bus says nothing of is settled all the same: nobody may wait for ever', () => {
  const receipts = new Receipts(100);
  const { settler, outcomes } = settlers();
  receipts.push(settler('a'), 1);
  receipts.push(settler('b'), 2);
  receipts.settle(2, reply({ seqs: [[2, 7, 1]] }));
  expect(outcomes).toEqual({ a: null, b: 7 });
});

test('what is settled is not settled again', () => {
  const receipts = new Receipts(100);
  const { settler, outcomes } = settlers();
  receipts.push(settler('a'), 1);
  receipts.settle(1, reply({ seqs: [[1, 5, 1]] }));
  receipts.settle(1, reply({ seqs: [[1, 6, 1]] }));
  receipts.rejectAll(new Error('closed'));
  expect(outcomes).toEqual({ a: 5 });
});

test('more than are allowed are not waited for, and there is room again when some are settled', () => {
  const receipts = new Receipts(2);
  const { settler, outcomes } = settlers();
  receipts.push(settler('a'), 1);
  receipts.push(settler('b'), 2);
  receipts.push(settler('c'), 3);
  expect(outcomes.c).toBeInstanceOf(ReceiptDroppedError);
  receipts.settle(1, reply({ seqs: [[1, 1, 1]] }));
  receipts.push(settler('d'), 4);
  receipts.settle(4, reply({ seqs: [[1, 1, 4]] }));
  expect(outcomes).toMatchObject({ a: 1, b: 2, d: 4 });
});

test('a long run of them comes out right', () => {
  const receipts = new Receipts(1_000_000);
  const seen: number[] = [];
  let next = 1;
  for (let round = 0; round < 50; round += 1) {
    for (let i = 0; i < 500; i += 1) {
      const settler = { resolve: ({ seq }: Receipt) => seen.push(seq!), reject: () => {}, number: 0 };
      receipts.push(settler, next);
      next += 1;
    }
    const upTo = next - 1 - (round % 7);
    receipts.settle(upTo, reply({ seqs: [[1, 1, upTo]] }));
  }
  receipts.settle(next - 1, reply({ seqs: [[1, 1, next - 1]] }));
  expect(seen).toEqual(Array.from({ length: next - 1 }, (_, i) => i + 1));
});
