import { UsageError } from '@bitten/runtime';
import { describe, expect, test } from 'vitest';
import { readData } from '../src/publish/data.js';
import { fillIn } from '../src/publish/templates.js';

const values = { count: 3, now: 1_755_799_117.5 };

describe('templates', () => {
  test('are filled in, also several in one text', () => {
    expect(fillIn('{"n":{{Count}},"at":"{{ Time }}","s":{{Unix}}}', values)).toBe(
      '{"n":3,"at":"2025-08-21T17:58:37.500Z","s":1755799117.5}',
    );
  });

  test('an id is another one each time', () => {
    const [first, second] = fillIn('{{ID}} {{ID}}', values).split(' ');
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(first).not.toBe(second);
  });

  test('anything else in braces is text', () => {
    expect(fillIn('{{name}} {"a":{"b":1}}', values)).toBe('{{name}} {"a":{"b":1}}');
  });
});

describe('data', () => {
  const read = (json: string | undefined, ...fields: string[]) =>
    readData({ where: 'the data', json, fields }, values);

  test('fields are laid over the JSON, numbers as numbers and anything else as text', () => {
    expect(read('{"a":1,"b":2}', 'b=3', 'c=EURUSD', 'd=true', 'e="12"', 'f=a=b', 'g=007', 'h=[1]')).toEqual({
      a: 1,
      b: 3,
      c: 'EURUSD',
      d: true,
      e: '12',
      f: 'a=b',
      g: '007',
      h: [1],
    });
  });

  test('a field may have any name', () => {
    expect(Object.keys(read(undefined, '__proto__=1'))).toEqual(['__proto__']);
  });

  test.each(['', '{', '5', 'null', '[]', '"x"'])('%j is no data', (json) => {
    expect(() => read(json)).toThrow(UsageError);
  });

  test('a field needs a name and a value', () => {
    expect(() => read(undefined, 'symbol')).toThrow(/NAME=VALUE/);
    expect(() => read(undefined, '=x')).toThrow(UsageError);
  });
});
