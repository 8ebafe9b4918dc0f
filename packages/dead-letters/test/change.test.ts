import { hostileTexts } from '@bitten/schema/testing';
import { describe, expect, test } from 'vitest';
import {
  BadChangeError,
  type Change,
  changePayload,
  compactJson,
  parsePath,
  prettyJson,
} from '../src/index.js';

function set(payload: string, path: string, json: string): string {
  return changePayload(payload, [{ kind: 'set', path: parsePath(path), json }]);
}

function unset(payload: string, path: string): string {
  return changePayload(payload, [{ kind: 'unset', path: parsePath(path) }]);
}

describe('a field that is set', () => {
  test.each([
    ['replaces what stood there', '{"a":1,"b":{"c":2}}', 'b.c', '3', '{"a":1,"b":{"c":3}}'],
    ['is added behind the others', '{"a":1}', 'b', '"x"', '{"a":1,"b":"x"}'],
    ['is added to an empty object', '{"a":{ }}', 'a.b', '1', '{"a":{"b":1 }}'],
    ['is added with the objects around it', '{}', 'a.b.c', '1', '{"a":{"b":{"c":1}}}'],
    ['takes the place of null', '{"a":null}', 'a.b', '1', '{"a":{"b":1}}'],
    ['may be an item of a list', '{"a":[1,{"b":2}]}', 'a.1.b', '3', '{"a":[1,{"b":3}]}'],
    ['may be one more item', '{"a":[1]}', 'a.1', '2', '{"a":[1,2]}'],
    ['may have a dot in its key', '{"a.b":1}', 'a\\.b', '2', '{"a.b":2}'],
    ['is known by its key however that is written', '{"\\u0061":1}', 'a', '2', '{"\\u0061":2}'],
    ['is the last of those with its key, which counts', '{"a":1,"a":2}', 'a', '3', '{"a":1,"a":3}'],
    ['takes the place of a word that is no JSON', '{"a":NaN,"b":[NaN]}', 'a', '1', '{"a":1,"b":[NaN]}'],
    ['may be called like a prototype', '{}', '__proto__.x', '1', '{"__proto__":{"x":1}}'],
    ['does without a byte order mark', '\ufeff{"a":1}', 'a', '2', '{"a":2}'],
  ])('%s', (_what, payload, path, json, expected) => {
    expect(set(payload, path, json)).toBe(expected);
  });

  test('leaves every digit and every member beside it as it came', () => {
    const kept = '{"big":1e400,"id":9007199254740993,"p":1.10,"half":"\\ud800","k":1,"k":2,"z":-0';
    expect(set(`${kept},"x":1}`, 'x', '12345678901234567890')).toBe(`${kept},"x":12345678901234567890}`);
  });
});

describe('a field that is unset', () => {
  test.each([
    ['goes with its comma', '{"a":1, "b":2, "c":3}', 'b', '{"a":1, "c":3}'],
    ['may be the first', '{"a":1, "b":2}', 'a', '{"b":2}'],
    ['may be the last', '{"a":1, "b":2 }', 'b', '{"a":1 }'],
    ['may be the only one', '{"a":{"b":1}}', 'a.b', '{"a":{}}'],
    ['goes everywhere it stands, or another would count', '{"a":1,"b":2,"a":3}', 'a', '{"b":2}'],
    ['may be an item, and only that one', '{"a":[1,2,3]}', 'a.1', '{"a":[1,3]}'],
  ])('%s', (_what, payload, path, expected) => {
    expect(unset(payload, path)).toBe(expected);
  });
});

test.each([
  ['no object', '[1]', 'a'],
  ['broken off', '{"a":{"b":1', 'a.b'],
  ['two objects', '{"a":1}{"a":2}', 'a'],
  ['keys without quotes', '{a:1}', 'a'],
  ['nothing', '', 'a'],
  ['a field below a text', '{"a":"x"}', 'a.b'],
  ['an item that would leave a hole', '{"a":[1]}', 'a.5'],
])('what cannot be changed field by field says why: %s', (_what, payload, path) => {
  expect(() => set(payload, path, '1')).toThrow(BadChangeError);
});

test('what is not there cannot be unset, and a path has no empty keys', () => {
  expect(() => unset('{"a":{}}', 'a.b')).toThrow(/no a\.b/);
  for (const path of ['', 'a..b', '.a', 'a.']) expect(() => parsePath(path), path).toThrow(BadChangeError);
  expect(parsePath('data.a\\.b.0')).toEqual(['data', 'a.b', '0']);
});

test('changes are made one after the other, over a payload put in the place of the old one', () => {
  const changes: Change[] = [
    { kind: 'replace', payload: '{"a":1}' },
    { kind: 'set', path: ['b'], json: '2' },
    { kind: 'unset', path: ['a'] },
  ];
  expect(changePayload('broken', changes)).toBe('{"b":2}');
});

describe('whatever somebody has sent', () => {
  const texts = hostileTexts().map(({ what, bytes }) => ({
    what,
    text: Buffer.from(bytes)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  }));

  test.each(texts)('$what: a layout changes no value, a field that is set no other', ({ text }) => {
    const value = parse(text);
    expect(parse(prettyJson(text))).toEqual(value);
    expect(parse(compactJson(text))).toEqual(value);
    let changed: string;
    try {
      changed = set(text, 'added', '[1]');
    } catch (error) {
      expect(error).toBeInstanceOf(BadChangeError);
      return;
    }
    if (value === broken) expect(parse(changed)).toBe(broken);
    else
      expect(changed).toBe(`${text.slice(0, text.lastIndexOf('}'))}${text === '{}' ? '' : ','}"added":[1]}`);
    expect(unset(changed, 'added')).toBe(text);
  });
});

const broken = 'no JSON';

/** Texts nested too deep for the assertion are compared as they are. */
function parse(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    const packed = text.replaceAll(/\s/g, '');
    return /[[{]{9}/.test(packed) ? packed : value;
  } catch {
    return broken;
  }
}

test('a layout shows what stands twice, keeps what is empty, and joins no two words', () => {
  expect(prettyJson('{"a":1,"a":[],"b":{},"c":[1,{"d":1e400}]}')).toBe(
    '{\n  "a": 1,\n  "a": [],\n  "b": {},\n  "c": [\n    1,\n    {\n      "d": 1e400\n    }\n  ]\n}',
  );
  expect(prettyJson('[1  2]')).toBe('[\n  1 2\n]');
  expect(prettyJson('{"a":NaN}')).toBe('{\n  "a": NaN\n}');
  for (const text of ['{"a":1', '[1}', 'plain', '"open']) expect(prettyJson(text)).toBe(text);
  expect(compactJson(' { "a" : [ 1 , "b c" ] } ')).toBe('{"a":[1,"b c"]}');
  expect(compactJson('1 2')).toBe('1 2');
});
