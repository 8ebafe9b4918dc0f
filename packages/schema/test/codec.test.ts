import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  checkEvent,
  createStandardCatalogue,
  type Decoded,
  decodeEvent,
  describeIssue,
  type Envelope,
  encodeEvent,
  limits,
  sizeIssue,
  UnencodableEventError,
} from '../src/index.js';
import { brief, eventOf, minimal, moment } from './support/samples.js';

// Nothing here depends on the time a machine takes that has others to serve.
vi.setConfig({ testTimeout: 60_000 });

const catalogue = createStandardCatalogue();
const tick = eventOf('market_data', minimal.market_data);

function refused(decoded: Decoded): Extract<Decoded, { ok: false }> {
  if (decoded.ok) throw new Error('expected the event to be refused');
  return decoded;
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('the envelope', () => {
  const check = (more: Record<string, unknown>) => brief(checkEvent({ ...tick, ...more }, catalogue));

  test('needs event_type, timestamp, source and data', () => {
    expect(brief(checkEvent({}, catalogue))).toEqual([
      'event_type missing',
      'timestamp missing',
      'source missing',
      'data missing',
    ]);
  });

  test('takes null and undefined for an absent optional field, and keeps unknown fields', () => {
    expect(check({ correlation_id: null, user_id: undefined, session_id: null, trace: { a: 1 } })).toEqual(
      [],
    );
  });

  test.each([
    ['event_type', 100],
    ['source', 100],
    ['correlation_id', 200],
    ['user_id', 50],
    ['session_id', 100],
  ])('%s has at most %i characters', (name, max) => {
    const untyped = { event_type: 'free', data: {} };
    expect(check({ ...untyped, [name]: 'x'.repeat(max) })).toEqual([]);
    expect(check({ ...untyped, [name]: 'x'.repeat(max + 1) })).toEqual([`${name} length`]);
    expect(check({ ...untyped, [name]: 7 })).toEqual([`${name} type`]);
  });

  test('has a timestamp above 0 and an object of data', () => {
    expect(check({ timestamp: 0 })).toEqual(['timestamp range']);
    expect(check({ timestamp: '2025-01-01' })).toEqual(['timestamp type']);
    expect(check({ data: [] })).toEqual(['data type']);
    expect(check({ data: null })).toEqual(['data missing']);
  });

  test.each([[null], ['x'], [1], [[tick]]])('is an object, not %j', (value) => {
    expect(brief(checkEvent(value, catalogue))).toEqual(['type']);
    expect(brief(refused(decodeEvent(JSON.stringify(value), catalogue)).issues)).toEqual(['type']);
  });
});

describe('issues', () => {
  test('tell all that is wrong, in plain words', () => {
    const data = { symbol: 'TOO_LONG_SYMBOL', direction: 'UP', confidence: 150, pattern_type: 5 };
    const issues = checkEvent(eventOf('signal_generated', data, { source: 7 }), catalogue);
    expect(issues.map(describeIssue)).toEqual([
      'source: expected string of at most 100 characters, found 7',
      'data.signal_id is missing (expected string of at most 200 characters)',
      'data.symbol: expected string of at most 10 characters, found "TOO_LONG_SYMBOL"',
      'data.direction: expected BUY or SELL, found "UP"',
      'data.confidence: expected number from 0 to 100, found 150',
      'data.pattern_type: expected string of at most 100 characters, found 5',
    ]);
  });

  test('show at most 80 characters of what was found, whatever it was', () => {
    const hostile = fc.oneof(
      fc.anything({ withBigInt: true }),
      fc.string({ minLength: 60 }),
      fc.string({ unit: 'binary', minLength: 60, maxLength: 200 }),
    );
    fc.assert(
      fc.property(hostile, (source) => {
        for (const issue of checkEvent({ ...tick, source }, catalogue)) {
          expect(issue.found.length).toBeLessThanOrEqual(80);
        }
      }),
    );
  });

  test('show a word that needs escaping within the 80 characters too', () => {
    const data = { ...minimal.signal_generated, direction: '\u0000'.repeat(80) };
    const [issue] = checkEvent(eventOf('signal_generated', data), catalogue);
    expect(issue?.found).toMatch(/80 characters/);
    expect(issue?.found.length).toBeLessThanOrEqual(80);
  });

  test('are one for each field, though it breaks two rules', () => {
    const data = { ...minimal.market_data, volume: -1.5 };
    expect(brief(checkEvent(eventOf('market_data', data), catalogue))).toEqual(['data.volume type']);
  });

  test('are at most 20', () => {
    const data = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`n${i}`, Number.NaN]));
    expect(checkEvent(eventOf('free', data), catalogue)).toHaveLength(20);
  });

  test('name type and source where they can be told, cut to their limit', () => {
    const text = JSON.stringify({ event_type: 'x'.repeat(500), source: 'webapp', timestamp: 1, data: {} });
    const decoded = refused(decodeEvent(text, catalogue));
    expect(decoded.event_type).toBe('x'.repeat(100));
    expect(decoded.source).toBe('webapp');
    expect(refused(decodeEvent('{', catalogue))).toMatchObject({ event_type: null, source: null });
    expect(refused(decodeEvent('{"event_type":5}', catalogue))).toMatchObject({ event_type: null });
  });
});

describe('decodeEvent', () => {
  test('hands over what JSON.parse made, the last of duplicate keys included', () => {
    const text = `{"event_type":"x","event_type":"free","timestamp":${moment},"source":"s","data":{"a":1,"a":2}}`;
    expect(decodeEvent(text, catalogue)).toEqual({
      ok: true,
      event: { event_type: 'free', timestamp: moment, source: 's', data: { a: 2 } },
    });
  });

  test.each(['', ' ', 'nonsense', '{"a":NaN}', '{"event_type":'])('tells that %j is no JSON', (text) => {
    const { issues } = refused(decodeEvent(text, catalogue));
    expect(brief(issues)).toEqual(['json']);
    expect(issues[0]?.found.length).toBeGreaterThan(0);
  });

  test('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      '"event_type"',
      '"data"',
      '1',
      'null',
      '\u0000',
      '\ud800',
    );
    const soup = fc.array(pieces, { maxLength: 200 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup, fc.json()), (text) => {
        const decoded = decodeEvent(text, catalogue);
        if (!decoded.ok) expect(decoded.issues.length).toBeGreaterThan(0);
      }),
    );
  });

  test('lets no key reach a prototype', () => {
    const text = `{"event_type":"free","timestamp":1,"source":"s","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"data":{"__proto__":{"polluted":1},"constructor":1,"toString":2}}`;
    const decoded = decodeEvent(text, catalogue);
    expect(decoded.ok).toBe(true);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    if (!decoded.ok) return;
    expect((decoded.event.data as { polluted?: number }).polluted).toBeUndefined();
    expect(JSON.parse(encodeEvent(decoded.event))).toEqual(JSON.parse(text));
    expect(encodeEvent(decoded.event)).toContain('"__proto__":{"polluted":1},"constructor"');
  });

  test('does not find required fields in a prototype', () => {
    const text = `{"event_type":"signal_expired","timestamp":1,"source":"s","data":{"__proto__":{"signal_id":"x"}}}`;
    expect(brief(refused(decodeEvent(text, catalogue)).issues)).toEqual(['data.signal_id missing']);
  });
});

describe('depth', () => {
  const max = limits.event_depth_max;
  const textOf = (more: string): string =>
    `{"event_type":"free","timestamp":1,"source":"s","data":{"a":${more}}}`;

  test('of 64 is accepted, one more is not, as text and as a value', () => {
    // The event and its data are the first two levels.
    expect(decodeEvent(textOf(nested(max - 2)), catalogue).ok).toBe(true);
    const deep = textOf(nested(max - 1));
    expect(brief(refused(decodeEvent(deep, catalogue)).issues)).toEqual(['depth']);
    expect(checkEvent(JSON.parse(textOf(nested(max - 2))), catalogue)).toEqual([]);
    expect(checkEvent(JSON.parse(deep), catalogue).map((issue) => issue.code)).toEqual(['depth']);
  });

  test('is not what stands in strings or side by side', () => {
    expect(decodeEvent(textOf(JSON.stringify('[{"\\'.repeat(500))), catalogue).ok).toBe(true);
    expect(decodeEvent(textOf(`[${Array(500).fill('{}').join(',')}]`), catalogue).ok).toBe(true);
  });

  test('of half a million does not overflow the stack', () => {
    expect(brief(refused(decodeEvent(textOf(nested(500_000)), catalogue)).issues)).toEqual(['depth']);
    expect(brief(refused(decodeEvent(nested(500_000), catalogue)).issues)).toEqual(['depth']);
    const value = { ...tick, extra: JSON.parse(nested(500_000)) };
    expect(checkEvent(value, catalogue).map((issue) => issue.code)).toEqual(['depth']);
  });

  test('agrees with the depth of the parsed value', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    const chain = fc.tuple(fc.integer({ min: 50, max: 70 }), fc.json()).map(([n, leaf]) => {
      const text = `${'{"a]":['.repeat(n / 2)}${leaf}${']}'.repeat(n / 2)}`;
      return text;
    });
    fc.assert(
      fc.property(chain, (text) => {
        const tooDeep = 2 + depthOf(JSON.parse(text)) > max;
        expect(decodeEvent(textOf(text), catalogue).ok).toBe(!tooDeep);
      }),
    );
  });
});

describe('size', () => {
  test('is counted in bytes', () => {
    const textOf = (filler: string) => encodeEvent(eventOf('free', { filler }));
    const room = limits.event_bytes_max - textOf('').length;
    expect(sizeIssue(textOf('x'.repeat(room)))).toBeUndefined();
    expect(decodeEvent(textOf('x'.repeat(room)), catalogue).ok).toBe(true);
    expect(brief(refused(decodeEvent(textOf('x'.repeat(room + 1)), catalogue)).issues)).toEqual(['size']);
    expect(decodeEvent(textOf('é'.repeat(room / 2)), catalogue).ok).toBe(true);
    expect(brief(refused(decodeEvent(textOf('é'.repeat(room / 2 + 1)), catalogue)).issues)).toEqual(['size']);
  });

  test('of a value that is far too large is told without walking all of it', () => {
    let value: unknown = {};
    for (let i = 0; i < 60; i += 1) value = [value, value];
    const issues = checkEvent(eventOf('free', { value }), catalogue);
    expect(issues.map((issue) => issue.code)).toContain('size');
  });
});

describe('checkEvent', () => {
  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a BigInt', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a Map', new Map([[1, 2]])],
  ])('tells that JSON cannot carry %s, in unknown fields too', (_, value) => {
    expect(brief(checkEvent({ ...tick, extra: value }, catalogue))).toEqual(['extra json']);
    const data = { ...minimal.market_data, list: [1, { value }] };
    expect(brief(checkEvent(eventOf('market_data', data), catalogue))).toEqual(['data.list.1.value json']);
  });

  test('tells once of a field that breaks its rule and JSON alike', () => {
    const data = { ...minimal.market_data, bid: Number.NaN };
    expect(brief(checkEvent(eventOf('market_data', data), catalogue))).toEqual(['data.bid type']);
  });

  test('ends on a circle', () => {
    const data: Record<string, unknown> = {};
    data.self = data;
    expect(checkEvent(eventOf('free', data), catalogue).map((issue) => issue.code)).toEqual(['depth']);
  });

  test('takes a Date for the text it becomes', () => {
    expect(checkEvent(eventOf('free', { at: new Date(0) }), catalogue)).toEqual([]);
  });

  test('says the same before and after the wire', () => {
    const data = fc.dictionary(
      fc.constantFrom('symbol', 'bid', 'ask', 'volume', 'timestamp', 'x', 'constructor', '__proto__'),
      fc.oneof(fc.jsonValue(), fc.constantFrom('EURUSD', 1, 0, -1, 1.5, null)),
    );
    fc.assert(
      fc.property(data, (fields) => {
        const event = eventOf('market_data', fields);
        const decoded = decodeEvent(encodeEvent(event), catalogue);
        expect(decoded.ok ? [] : decoded.issues).toEqual(checkEvent(event, catalogue));
      }),
    );
  });
});

describe('encodeEvent', () => {
  test('writes data last and leaves absent fields out', () => {
    const event = {
      data: { b: 1 },
      user_id: '7',
      zone: 'eu',
      session_id: null,
      correlation_id: undefined,
      source: 's',
      event_type: 'free',
      timestamp: 1,
    } as unknown as Envelope;
    expect(encodeEvent(event)).toBe(
      '{"event_type":"free","timestamp":1,"source":"s","user_id":"7","zone":"eu","data":{"b":1}}',
    );
    expect(encodeEvent(eventOf('free', {}, { correlation_id: null, user_id: null, session_id: null }))).toBe(
      `{"event_type":"free","timestamp":${moment},"source":"test","data":{}}`,
    );
  });

  test('comes back the same', () => {
    const short = fc.string({ unit: 'binary', maxLength: 50 });
    const present = fc.record(
      { correlation_id: short, user_id: short, session_id: short, zone: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const timestamp = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true });
    const data = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(present, timestamp, data, (more, at, fields) => {
        const event = { ...more, event_type: 'free', timestamp: at, source: 's', data: fields };
        const decoded = decodeEvent(encodeEvent(event), catalogue);
        // -0 is the one number JSON changes.
        expect(decoded).toEqual({ ok: true, event: JSON.parse(JSON.stringify(event)) });
      }),
    );
  });

  test('throws a typed error for what JSON has no form for', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const data of [
      circle,
      { n: 1n },
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ]) {
      expect(() => encodeEvent(eventOf('free', data))).toThrow(UnencodableEventError);
      expect(() => encodeEvent(eventOf('free', data, { zone: 'eu' }))).toThrow(UnencodableEventError);
    }
  });
});
