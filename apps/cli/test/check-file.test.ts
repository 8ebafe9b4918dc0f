import { createStandardCatalogue } from '@bitten/schema';
import { hostileTexts } from '@bitten/schema/testing';
import { describe, expect, test } from 'vitest';
import { makeCutter, type Piece } from '../src/check-file/cut.js';
import { formOf } from '../src/check-file/form.js';
import { type JudgeOptions, judge } from '../src/check-file/judge.js';

/** The values of a text, read in pieces of so many bytes. */
function cut(text: string, bytes = 7): Array<[line: number, text: string]> {
  const cutter = makeCutter(formOf(text));
  const pieces: Piece[] = [];
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) pieces.push(...cutter.push(all.subarray(at, at + bytes)));
  pieces.push(...cutter.end());
  return pieces.map(({ line, bytes }) => [line, bytes.toString('utf8').trim()]);
}

describe('a file is cut into its values', () => {
  test.each<[what: string, text: string, values: Array<[number, string]>]>([
    [
      'lines, blank ones left out',
      '{"a":1}\n\n{"b":2}\r\n{"c":3}',
      [
        [1, '{"a":1}'],
        [3, '{"b":2}'],
        [4, '{"c":3}'],
      ],
    ],
    [
      'a broken first line swallows nothing',
      '{"a":[1}\n{"b":2}\n',
      [
        [1, '{"a":[1}'],
        [2, '{"b":2}'],
      ],
    ],
    ['one line', '{"a":1}', [[1, '{"a":1}']]],
    ['one object over lines', '{\n  "a": "}",\n  "b": 1\n}\n', [[1, '{\n  "a": "}",\n  "b": 1\n}']]],
    [
      'several of them',
      '{\n"a":1\n}\n{\n"b":2\n}',
      [
        [1, '{\n"a":1\n}'],
        [4, '{\n"b":2\n}'],
      ],
    ],
    [
      'a list',
      '[{"a":"\\"],"},\n\n {"b":[2]},3]\n',
      [
        [1, '{"a":"\\"],"}'],
        [3, '{"b":[2]}'],
        [3, '3'],
      ],
    ],
    [
      'a list that misses a value',
      '[1,,2,]',
      [
        [1, '1'],
        [1, ''],
        [1, '2'],
        [1, ''],
      ],
    ],
    [
      'a list that is never closed',
      '[1,\n2',
      [
        [1, '1'],
        [2, '2'],
        [2, '['],
      ],
    ],
    [
      'more behind a list',
      '[1]\nx',
      [
        [1, '1'],
        [2, 'x'],
      ],
    ],
    ['an empty list', ' [ ] ', []],
    ['nothing', '\n \n', []],
  ])('%s', (_what, text, values) => {
    for (const bytes of [1, 3, 1000]) expect(cut(text, bytes)).toEqual(values);
  });

  test('of a value larger than any event only the beginning is held', () => {
    const [[line, text] = []] = cut(`["${'x'.repeat(5_000_000)}"]`, 100_000);
    expect(line).toBe(1);
    expect(text?.length).toBe(2 * 1024 * 1024);
  });
});

const options: JudgeOptions = {
  catalogue: createStandardCatalogue(),
  type: undefined,
  aliases: false,
  now: 1_757_957_318,
};
const asPiece = (text: string | Buffer): Piece => ({ line: 1, bytes: Buffer.from(text as string) });

function pathsOf(text: string | Buffer, more: Partial<JudgeOptions> = {}): string[] {
  return judge(asPiece(text), { ...options, ...more }).issues.map(({ path, code }) =>
    `${path} ${code}`.trim(),
  );
}

test('a value is held to the rules of the wire', () => {
  expect(pathsOf('{"event_type":"user_action","timestamp":1,"source":"s","data":{"action":"a"}}')).toEqual([
    'data.user_id missing',
  ]);
  expect(pathsOf('{broken')).toEqual(['json']);
  expect(pathsOf(Buffer.from([0x7b, 0xff, 0x7d]))).toEqual(['json']);
});

test('with a type it is the data of one, and its fields are told as such', () => {
  expect(pathsOf('{"action":"a"}', { type: 'user_action' })).toEqual(['data.user_id missing']);
  expect(pathsOf('[]', { type: 'user_action' })).toEqual(['data type']);
  expect(pathsOf('{"a":1},"data":{}', { type: 'anything' })).toEqual(['json']);
  expect(pathsOf('{"user_id":"7","action":"a"}', { type: 'user_action' })).toEqual([]);
});

test('the names callers use count only where that is asked for', () => {
  const tick = '{"pair":"EURUSD","bid":1,"ask":1}';
  expect(pathsOf(tick, { type: 'market_data' })).toEqual(['data.symbol missing', 'data.timestamp missing']);
  expect(pathsOf(tick, { type: 'market_data', aliases: true })).toEqual([]);
  expect(pathsOf('{"pair":"EURUSD"}', { type: 'market_data', aliases: true })).toEqual([
    'data.bid missing',
    'data.ask missing',
  ]);
  const event = `{"event_type":"market_data","timestamp":1,"source":"s","data":${tick}}`;
  expect(pathsOf(event, { aliases: true })).toEqual([]);
  expect(pathsOf('{"pair":"EURUSD","api_key":"x"}', { type: 'market_data', aliases: true })).toEqual([
    'data.api_key secret',
  ]);
});

test.each(hostileTexts())('$what: judged in all ways, and never thrown over', ({ bytes }) => {
  for (const type of [undefined, 'market_data']) {
    for (const aliases of [false, true]) {
      expect(() =>
        judge({ line: 1, bytes: Buffer.from(bytes) }, { ...options, type, aliases }),
      ).not.toThrow();
    }
  }
});
