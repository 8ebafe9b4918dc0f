import { expect, it } from 'vitest';
import { ProducerTable } from '../../src/log/producers.js';

const run = (producer: string, producerSeq: number, count = 1) => ({
  producer,
  producerSeq,
  seq: producerSeq,
  count,
});

it('forgets the producers not seen for longest', () => {
  const table = new ProducerTable([], 3);
  for (const name of ['a', 'b', 'c']) table.note(run(name, 1));
  table.note(run('a', 2));
  table.note(run('d', 1));
  expect(['a', 'b', 'c', 'd'].map((name) => table.last(name))).toEqual([2, undefined, 1, 1]);
  expect(table.entries()).toEqual([
    ['c', 1],
    ['a', 2],
    ['d', 1],
  ]);
});

it('keeps the order of last sight over a restart, and its bound', () => {
  const table = new ProducerTable(
    [
      ['old', 5],
      ['a', 1],
      ['b', 2],
    ],
    2,
  );
  expect(table.last('old')).toBeUndefined();
  table.note(run('c', 1));
  expect(table.entries().map(([name]) => name)).toEqual(['b', 'c']);
});

it('never lets a producer fall back', () => {
  const table = new ProducerTable([['a', 10]]);
  table.note(run('a', 3, 2));
  expect(table.last('a')).toBe(10);
});

it('joins events that follow each other, so that a busy producer keeps its places for long', () => {
  const table = new ProducerTable();
  for (let i = 1; i <= 10_000; i += 1) table.note(run('a', i));
  expect(table.placements('a', 1, 10_000)).toEqual([{ producerSeq: 1, seq: 1, count: 10_000 }]);
});
