import type { Envelope } from '@bitten/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countFields, cutEventText, flatDataText } from '../../src/store/event-text.js';
import { memberPlaces } from '../../src/store/json-members.js';
import { isWellFormed } from './helpers.js';

function parse(text: string): Envelope {
  return JSON.parse(text) as Envelope;
}

function cut(text: string) {
  return cutEventText(text, parse(text));
}

/** What the writer does: the quick look first. */
function quickOrCut(text: string): string {
  return flatDataText(text) ?? cut(text).data;
}

describe('the text of data, cut out of an event', () => {
  it.each([
    ['our own encoder', '{"event_type":"a","source":"s","data":{"x":1.10}}', '{"x":1.10}'],
    [
      'Python, in its order and spacing',
      '{"event_type": "a", "data": {"x": 1.10}, "user_id": null}',
      '{"x": 1.10}',
    ],
    ['nested last', '{"source":"s","data":{"d":{"x":1}}}', '{"d":{"x":1}}'],
    [
      'numbers no double holds',
      '{"data":{"n":12345678901234567890,"e":1E400}}',
      '{"n":12345678901234567890,"e":1E400}',
    ],
    ['an empty object', '{"data":{}}', '{}'],
    ['white space around', ' { "data" :\t{ "x" : 1 }\n} ', '{ "x" : 1 }'],
    ['a nested key named data before', '{"meta":{"data":{"no":1}},"data":{"yes":1}}', '{"yes":1}'],
    ['a nested object after', '{"data":{"yes":1},"meta":{"data":{"no":1}}}', '{"yes":1}'],
    ['data twice: the last counts', '{"data":{"no":1},"data":{"yes":1}}', '{"yes":1}'],
    ['data twice, once escaped', '{"data":{"no":1},"d\\u0061ta":{"yes":1}}', '{"yes":1}'],
    ['data only escaped', '{"d\\u0061ta":{"yes":1}}', '{"yes":1}'],
    ['a key that ends like it', '{"x\\"data":{"no":1},"data":{"yes":1}}', '{"yes":1}'],
    ['nothing but a key that ends like it', '{"data":1,"x\\"data":{"no":1}}', '1'],
    ['a text that looks like it', '{"source":"\\"data\\":{}","data":{"yes":"}}"}}', '{"yes":"}}"}'],
    ['braces in strings', '{"data":{"a":"{","b":"}"},"source":"}"}', '{"a":"{","b":"}"}'],
    ['a brace in the last string', '{"data":{"a":"x}"}}', '{"a":"x}"}'],
    ['escaped quotes and backslashes', '{"data":{"a":"\\\\","b":"\\"}"},"z":1}', '{"a":"\\\\","b":"\\"}"}'],
    ['data that is no object', '{"source":"s","data":[1,{"x":2}]}', '[1,{"x":2}]'],
    ['data that is a string', '{"data":"{}"}', '"{}"'],
  ])('%s', (_, text, expected) => {
    expect(cut(text).data).toBe(expected);
    expect(quickOrCut(text)).toBe(expected);
  });

  it('takes what the event says where the text has no data', () => {
    expect(cut('{"source":"s"}').data).toBe('null');
    expect(cutEventText('not json', { data: { x: 1 } } as unknown as Envelope).data).toBe('{"x":1}');
  });

  it('keeps fields without a column as they came', () => {
    const text = '{"event_type":"a","n":1.10,"data":{},"user_id":"u","deep":{"data":[1, 2]}}';
    expect(cut(text).extra).toBe('{"n":1.10,"deep":{"data":[1, 2]}}');
    expect(cut('{"event_type":"a","data":{},"session_id":null}').extra).toBeNull();
    expect(countFields(parse('{"event_type":"a","data":{},"session_id":null,"data":{}}'))).toBe(3);
  });

  it('survives depth without recursion', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(memberPlaces(`{"data":${deep},"x":1}`)?.length).toBe(8);
  });

  it('agrees with JSON.parse on any event, in any order, spacing and escaping', () => {
    fc.assert(
      fc.property(anyEventText, (text) => {
        const event = parse(text);
        expect(JSON.parse(quickOrCut(text))).toEqual(event.data);
        const { data, extra } = cut(text);
        expect(JSON.parse(data)).toEqual(event.data);
        expect(text).toContain(data);
        expect(extra === null ? {} : JSON.parse(extra)).toEqual(extrasOf(event));
      }),
      { numRuns: 3000 },
    );
  });

  it('ends, without an exception, on any text at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), hostileText), (text) => {
        memberPlaces(text);
        flatDataText(text);
      }),
      { numRuns: 3000 },
    );
  });
});

function extrasOf(event: Envelope): Record<string, unknown> {
  const known = ['event_type', 'timestamp', 'source', 'data', 'correlation_id', 'user_id', 'session_id'];
  return Object.fromEntries(Object.entries(event).filter(([key]) => !known.includes(key)));
}

const hostileText = fc
  .array(
    fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', '"data":', '"data": ', 'data', '1', '\n'),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(''));

const trickyString = fc.oneof(
  hostileText,
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => isWellFormed(text)),
  fc.constantFrom('data', '"data":{', 'x"data', '\\', '__proto__x'),
);
const trickyKey = fc.oneof(trickyString, fc.constantFrom('data', 'source', 'event_type', 'trace', 'user_id'));

/** A key, sometimes spelled with an escape, as any JSON writer may. */
const spelledKey = fc.tuple(trickyKey, fc.boolean()).map(([key, escaped]) => {
  if (key === '__proto__') return '"proto"';
  if (!escaped || key === '') return JSON.stringify(key);
  const first = key.charCodeAt(0).toString(16).padStart(4, '0');
  return `"\\u${first}${JSON.stringify(key.slice(1)).slice(1)}`;
});

const gap = fc.constantFrom('', '', '', ' ', '\n', '\t ');

const value: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('1', '1.10', '-0', '1e5', '12345678901234567890', 'true', 'null'),
    trickyString.map((text) => JSON.stringify(text)),
    fc
      .tuple(gap, fc.array(tie('value'), { maxLength: 3 }))
      .map(([space, items]) => `[${space}${items.join(',')}]`),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(spelledKey, gap, gap, tie('value')), { maxLength: 4 })
    .map((members) => `{${members.map(([key, a, b, text]) => `${key}${a}:${b}${text}`).join(',')}}`),
})).value;

const anyEventText = fc
  .tuple(
    fc.array(fc.tuple(spelledKey, gap, value), { maxLength: 5 }),
    fc.tuple(fc.constantFrom('"data"', '"d\\u0061ta"'), gap, value),
    fc.nat(5),
    gap,
  )
  .map(([others, data, at, space]) => {
    const members = others.toSpliced(at, 0, data);
    const body = members.map(([key, sep, text]) => `${key}:${sep}${text}`).join(`,${space}`);
    return `${space}{${space}${body}${space}}${space}`;
  });
