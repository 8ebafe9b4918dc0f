import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { oneOf, optional, text } from '../src/events/fields.js';
import {
  BadDefinitionError,
  Catalogue,
  checkEvent,
  createStandardCatalogue,
  DuplicateTypeError,
  defineEvent,
  isStandardType,
  schemaInfo,
} from '../src/index.js';
import { jsonSchema } from '../src/json-schema.js';
import { brief, eventOf, types } from './support/samples.js';

const priceAlert = defineEvent({
  type: 'price_alert',
  description: 'A price was reached.',
  data: v.pipe(
    v.looseObject({
      symbol: text(10, 'Whose price.'),
      side: oneOf(['BID', 'ASK'], 'Which price.'),
      mail: v.optional(v.pipe(v.string(), v.email())),
      legs: optional(v.array(v.looseObject({ price: v.pipe(v.number(), v.minValue(0)) }))),
      low: v.number(),
      high: v.number(),
    }),
    v.check(({ low, high }) => low <= high, 'low not above high'),
  ),
});
const valid = { symbol: 'EURUSD', side: 'BID', low: 1, high: 2 };

describe('a type of your own', () => {
  const catalogue = createStandardCatalogue([priceAlert]);
  const check = (more: object) => checkEvent(eventOf('price_alert', { ...valid, ...more }), catalogue);

  test('is held to its rules', () => {
    expect(check({})).toEqual([]);
    expect(brief(check({ side: 'MID', symbol: null }))).toEqual(['data.symbol missing', 'data.side choice']);
  });

  test('may have rules that look inside, at patterns, and across fields', () => {
    expect(check({ mail: 'nobody' })).toEqual([
      { path: 'data.mail', code: 'format', found: '"nobody"', expected: 'string (email)' },
    ]);
    expect(check({ legs: [{ price: 1 }, { price: -1 }] })).toEqual([
      { path: 'data.legs.1.price', code: 'range', found: '-1', expected: 'number of at least 0' },
    ]);
    expect(check({ low: 3 })).toMatchObject([
      { path: 'data', code: 'format', expected: 'low not above high' },
    ]);
  });

  test('whose check throws refuses the event, and does not stop the program', () => {
    const broken = defineEvent({
      type: 'broken',
      description: 'Has a bug.',
      data: v.pipe(
        v.looseObject({}),
        v.check(() => {
          throw new Error('a bug');
        }),
      ),
    });
    const issues = checkEvent(eventOf('broken', {}), new Catalogue([broken]));
    expect(issues).toMatchObject([{ path: 'data', code: 'format', found: 'a bug' }]);
  });

  test('is told of like a standard one', () => {
    const info = schemaInfo('price_alert', catalogue);
    expect(info?.required).toEqual(['symbol', 'side', 'low', 'high']);
    expect(info?.fields.side).toEqual({
      type: 'string',
      required: true,
      constraint: 'BID or ASK',
      meaning: 'Which price.',
    });
    expect(jsonSchema('price_alert', catalogue)).toMatchObject({
      title: 'price_alert',
      properties: {
        data: { properties: { mail: { format: 'email' } }, required: ['symbol', 'side', 'low', 'high'] },
      },
    });
  });

  test('needs a name that events can carry', () => {
    for (const type of ['', 'x'.repeat(101)]) {
      expect(() => defineEvent({ type, description: '', data: v.looseObject({}) })).toThrow(
        BadDefinitionError,
      );
    }
  });
});

describe('a catalogue', () => {
  test('keeps one definition for each type', () => {
    const catalogue = new Catalogue([priceAlert]).register(priceAlert);
    expect(catalogue.types()).toEqual(['price_alert']);
    expect(catalogue.get('price_alert')).toBe(priceAlert);
    expect(catalogue.get('constructor')).toBeUndefined();
    const other = defineEvent({ type: 'price_alert', description: '', data: v.looseObject({}) });
    expect(() => catalogue.register(other)).toThrow(DuplicateTypeError);
    expect(catalogue.get('price_alert')).toBe(priceAlert);
  });

  test('does not share what is registered with another', () => {
    createStandardCatalogue([priceAlert]);
    expect(createStandardCatalogue().get('price_alert')).toBeUndefined();
  });

  test('knows the standard types by name', () => {
    expect(types.every(isStandardType)).toBe(true);
    expect(isStandardType('price_alert')).toBe(false);
    expect(isStandardType('constructor')).toBe(false);
  });
});
