import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { optional, text, unixTime } from '../src/events/fields.js';
import {
  BadDefinitionError,
  createStandardCatalogue,
  defineEvent,
  describeClass,
  isExpired,
  keyOf,
  schemaInfo,
} from '../src/index.js';
import { jsonSchema } from '../src/json-schema.js';
import { eventOf, types } from './support/samples.js';

const data = v.looseObject({
  symbol: text(10, 'Whose.'),
  venue: text(10, 'Where.'),
  until: optional(unixTime('When.')),
});
const spread = defineEvent({
  type: 'spread',
  description: 'How wide.',
  data,
  key: ['venue', 'symbol'],
  overload: 'conflate',
  expires: { after_s: 0.5 },
});
const catalogue = createStandardCatalogue([spread]);

describe('the class of a type', () => {
  test('is to keep, without key or expiry, where nothing is said', () => {
    const plain = defineEvent({ type: 'plain', description: 'A.', data });
    expect(plain).toMatchObject({ key: null, overload: 'keep', expires: null });
  });

  test.each([
    ['a key that is no field', { key: ['pair'] }],
    ['a key of nothing', { key: [] }],
    ['a field twice in the key', { key: ['symbol', 'symbol'] }],
    ['a key that is no list', { key: 'symbol' }],
    ['conflation without a key', { overload: 'conflate' }],
    ['a word for overload that is none', { overload: 'drop', key: ['symbol'] }],
    ['an expiry by a field that is none', { expires: { field: 'expires_at' } }],
    ['an expiry by both', { expires: { field: 'until', after_s: 1 } }],
    ['an expiry after no time', { expires: { after_s: 0 } }],
    ['an expiry after an endless time', { expires: { after_s: Number.POSITIVE_INFINITY } }],
    ['an expiry by nothing', { expires: {} }],
  ])('is refused with facts for %s', (_what, options) => {
    const define = () => defineEvent({ type: 'own', description: 'A.', data, ...(options as object) });
    expect(define).toThrow(BadDefinitionError);
    expect(define).toThrow(
      expect.objectContaining({ found: expect.any(String), expected: expect.any(String) }),
    );
  });

  test('cannot be changed afterwards', () => {
    const key: 'symbol'[] = ['symbol'];
    const definition = defineEvent({ type: 'own', description: 'A.', data, key });
    key.pop();
    expect(definition.key).toEqual(['symbol']);
    expect(Object.isFrozen(definition.key)).toBe(true);
  });

  test('is told with the type', () => {
    expect(schemaInfo('spread', catalogue)).toMatchObject({ key: ['venue', 'symbol'], overload: 'conflate' });
    const words = 'key: venue + symbol · overload: conflate · expires: 0.5 s after its timestamp';
    expect(describeClass(spread)).toBe(words);
    expect(jsonSchema('spread', catalogue)).toMatchObject({ $comment: words });
  });

  test('of trades, fires, signals and balances is never to conflate', () => {
    expect(types.filter((type) => schemaInfo(type)!.overload === 'conflate')).toEqual(['market_data']);
  });
});

describe('the key of an event', () => {
  test('is the field that names it, and both where there are two', () => {
    expect(keyOf(eventOf('market_data', { symbol: 'EURUSD' }), catalogue)).toBe('EURUSD');
    expect(keyOf(eventOf('balance_update', { account_number: '7' }), catalogue)).toBe('7');
    const one = keyOf(eventOf('spread', { venue: 'a', symbol: 'b,c' }), catalogue);
    const other = keyOf(eventOf('spread', { venue: 'a,b', symbol: 'c' }), catalogue);
    expect(one).toBe('["a","b,c"]');
    expect(one).not.toBe(other);
  });

  test('is none where the type has none, or the event does not tell', () => {
    expect(keyOf(eventOf('fire_command', { symbol: 'EURUSD' }), catalogue)).toBeNull();
    expect(keyOf(eventOf('unheard_of', { symbol: 'EURUSD' }), catalogue)).toBeNull();
    for (const symbol of [undefined, null, {}, [], 'x'.repeat(1_001)]) {
      expect(keyOf(eventOf('market_data', { symbol }), catalogue)).toBeNull();
      expect(keyOf(eventOf('spread', { venue: 'a', symbol }), catalogue)).toBeNull();
    }
  });
});

describe('an event expires', () => {
  test('from the moment its field names', () => {
    const signal = eventOf('signal_generated', { expires_at: 100 });
    expect([99.9, 100, 101].map((now) => isExpired(signal, catalogue, now))).toEqual([false, true, true]);
  });

  test('so long after its timestamp', () => {
    const tick = { ...eventOf('market_data', {}), timestamp: 100 };
    expect([100, 109.9, 110].map((now) => isExpired(tick, catalogue, now))).toEqual([false, false, true]);
  });

  test('never where it does not say when, or its type has no rule', () => {
    for (const expires_at of [undefined, null, 'soon']) {
      expect(isExpired(eventOf('signal_generated', { expires_at }), catalogue, 1e12)).toBe(false);
    }
    expect(isExpired(eventOf('fire_command', { expires_at: 1 }), catalogue, 1e12)).toBe(false);
  });
});
