import { expect, test } from 'vitest';
import { Acks } from '../src/programs/acks.js';

test('who waits for a number of receipts is woken by it', async () => {
  const acks = new Acks();
  const woken: number[] = [];
  const waiting = [2, 3].map((count) => acks.reach(count).then(() => woken.push(count)));
  acks.hear({ seq: 11, level: 'fsynced' });
  acks.hear({ seq: 12, level: 'fsynced' });
  await waiting[0];
  expect(woken).toEqual([2]);
  acks.hear({ seq: 13, level: 'fsynced' });
  await waiting[1];
  expect(acks.last_seq).toBe(13);
});

test('a failure ends every wait, also one that begins after it', async () => {
  const acks = new Acks();
  const waiting = acks.reach(5);
  acks.fail(new Error('lost'));
  await expect(waiting).rejects.toThrow('lost');
  await expect(acks.reach(1)).rejects.toThrow('lost');
});
