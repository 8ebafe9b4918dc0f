import { expect, test } from 'vitest';
import { type ImportRecord, LineSplitter, readLines } from '../src/import/records.js';
import { makeFile } from './support/files.js';

function split(content: Buffer, pieceBytes: number): ImportRecord[] {
  const splitter = new LineSplitter();
  const records: ImportRecord[] = [];
  for (let at = 0; at < content.length; at += pieceBytes) {
    records.push(...splitter.push(content.subarray(at, at + pieceBytes)));
  }
  const last = splitter.end();
  return last === undefined ? records : [...records, last];
}

test('lines are the same whatever pieces the file comes in', () => {
  const content = Buffer.from('\ufeffeins\r\nzwölf\n\n  \n日本語\nlast');
  const expected = [
    { line: 1, text: 'eins' },
    { line: 2, text: 'zwölf' },
    { line: 5, text: '日本語' },
    { line: 6, text: 'last' },
  ];
  for (let pieceBytes = 1; pieceBytes <= content.length; pieceBytes += 1) {
    expect(split(content, pieceBytes)).toEqual(expected);
  }
});

test('a line without an end takes bounded memory', () => {
  const record = split(Buffer.alloc(5 * 1024 * 1024, 'x'), 64 * 1024);
  expect(record).toHaveLength(1);
  expect(record[0]!.text.length).toBe(2 * 1024 * 1024);
});

async function readAll(file: string, options: Parameters<typeof readLines>[1] = {}): Promise<string[]> {
  const texts: string[] = [];
  for await (const records of readLines(file, options)) texts.push(...records.map((record) => record.text));
  return texts;
}

test('a last line that is still being written is left out, and told', async () => {
  const unfinished: number[] = [];
  const options = {
    isUnfinished: (text: string) => text.startsWith('{'),
    onUnfinished: (record: ImportRecord) => unfinished.push(record.line),
  };
  expect(await readAll(makeFile('a.jsonl', '{"a":1}\n{"b":'), options)).toEqual(['{"a":1}']);
  expect(unfinished).toEqual([2]);
  expect(await readAll(makeFile('b.jsonl', '{"a":1}\n{"b":\n'), options)).toEqual(['{"a":1}', '{"b":']);
});

test('how far a file has been read is told in bytes', async () => {
  let bytes = 0;
  const onBytes = (read: number) => {
    bytes = read;
  };
  await readAll(makeFile('a.csv', 'one\ntwo\n'), { onBytes });
  expect(bytes).toBe(8);
});
