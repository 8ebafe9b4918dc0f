import { describe, expect, test } from 'vitest';
import { PageBuilder } from '../src/page.js';

const record = (seq: number, texts: string[], appendedAt = 1000) => ({
  seq,
  count: texts.length,
  appendedAt,
  producer: '',
  producerSeq: 0,
  body: Buffer.from(texts.join('\n')),
});

test('records that follow each other in the same millisecond share a run', () => {
  const page = new PageBuilder(5, 1000);
  page.addRecord(record(5, ['a', 'b'], 1000.0001));
  page.addRecord(record(7, ['c'], 1000.0004));
  page.addRecord(record(8, ['d'], 1000.002));
  expect(page.build(20)).toEqual({
    from: 5,
    next: 9,
    end: 20,
    runs: [
      [5, 3, 1000],
      [8, 1, 1000.002],
    ],
    body: Buffer.from('a\nb\nc\nd'),
  });
});

describe('a record that is larger than the page', () => {
  test('is cut where the page is full', () => {
    const page = new PageBuilder(1, 7);
    page.addRecord(record(1, ['aaa', 'bbb', 'ccc']));
    page.addRecord(record(4, ['d']));
    expect(page.build(5)).toMatchObject({ next: 3, runs: [[1, 2, 1000]], body: Buffer.from('aaa\nbbb') });
  });

  test('gives its first event, however large', () => {
    const page = new PageBuilder(1, 1);
    page.addRecord(record(1, ['aaaa', 'b']));
    expect(page.build(3)).toMatchObject({ next: 2, runs: [[1, 1, 1000]], body: Buffer.from('aaaa') });
  });

  test('waits for the next page where another is before it', () => {
    const page = new PageBuilder(1, 6);
    page.addRecord(record(1, ['a']));
    page.addRecord(record(2, ['bbbbbbbb', 'c']));
    expect(page.build(4)).toMatchObject({ next: 2, body: Buffer.from('a') });
  });
});

test('what does not match is passed over, and the page goes on behind it', () => {
  const page = new PageBuilder(1, 1000);
  const texts = ['{"source":"a"}', '{"source":"b"}', '{"source":"a"}', '{"source":"b"}'];
  page.addMatches(record(1, texts), ({ source }) => source === 'a');
  expect(page.build(5)).toMatchObject({
    next: 5,
    runs: [
      [1, 1, 1000],
      [3, 1, 1000],
    ],
    body: Buffer.from('{"source":"a"}\n{"source":"a"}'),
  });
});

test('a page of single matches stays so small that its header fits', () => {
  const page = new PageBuilder(1, 100 * 1024 * 1024);
  for (let seq = 1; seq <= 30_000 && !page.full; seq += 2) {
    page.addMatches(record(seq, ['{"source":"a"}', '{}']), ({ source }) => source === 'a');
  }
  const { runs, next } = page.build(30_001);
  expect(runs).toHaveLength(10_000);
  expect(next).toBe(20_000);
});
