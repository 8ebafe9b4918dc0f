import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { compile } from '../src/check/compile.js';
import { envelopeSchema } from '../src/envelope.js';
import { standardDefinitions } from '../src/index.js';
import { minimal, types } from './support/samples.js';

// The compiled check stands in for valibot on the hot path: whatever one accepts the other must.

const values = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('BUY', 'SELL', 'AUTO', 'running', '', 'EURUSD', 'x'.repeat(201)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 1, 0.01, 100, -1, 1.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY),
  },
  { weight: 2, arbitrary: fc.constantFrom(null, undefined, true, [], {}) },
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
);

/** Valid data with up to three fields replaced or removed: near the border, where the two could differ. */
function nearlyValid(sample: object, names: readonly string[]): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.constantFrom(...names, 'constructor', 'other'), values, fc.boolean());
  return fc.array(change, { maxLength: 3 }).map((changes) => {
    const data: Record<string, unknown> = { ...sample };
    for (const [name, value, removed] of changes) {
      if (removed) delete data[name];
      else data[name] = value;
    }
    return data;
  });
}

function expectAgreement(schema: v.GenericSchema, candidates: fc.Arbitrary<unknown>): void {
  const accepts = compile(schema);
  fc.assert(
    fc.property(candidates, (value) => accepts(value) === v.is(schema, value)),
    { numRuns: 300 },
  );
}

test.each(types)('%s: the compiled check and valibot agree', (type) => {
  const { data } = standardDefinitions[type];
  expectAgreement(data, fc.oneof(nearlyValid(minimal[type], Object.keys(data.entries)), fc.anything()));
});

test('the envelope: the compiled check and valibot agree', () => {
  const sample = { event_type: 'free', timestamp: 1, source: 's', data: {} };
  expectAgreement(envelopeSchema, nearlyValid(sample, Object.keys(envelopeSchema.entries)));
});

describe('schemas of other people', () => {
  const schemas: Record<string, v.GenericSchema> = {
    'a plain string': v.string(),
    'a plain number': v.number(),
    'a length range': v.pipe(v.string(), v.minLength(2), v.maxLength(3)),
    'a non-empty string': v.pipe(v.string(), v.nonEmpty()),
    'exclusive bounds': v.pipe(v.number(), v.gtValue(0), v.ltValue(2)),
    'two lower bounds': v.pipe(v.number(), v.minValue(1), v.gtValue(1), v.maxValue(100)),
    'an email': v.pipe(v.string(), v.email()),
    'a transformation before a bound': v.pipe(v.string(), v.transform(Number), v.number(), v.minValue(1)),
    'a union': v.union([v.string(), v.pipe(v.number(), v.integer())]),
    'an array': v.array(v.pipe(v.number(), v.maxValue(1))),
    'an array of at most two': v.pipe(v.array(v.unknown()), v.maxLength(2)),
    'a strict object': v.strictObject({ a: v.optional(v.number()) }),
    'a record': v.record(v.string(), v.number()),
    'a fallback': v.fallback(v.string(), 'x'),
    'a field with a fallback': v.looseObject({ constructor: v.fallback(v.string(), 'x'), other: v.string() }),
    'a field with a bad default': v.looseObject({
      other: v.nullish(v.pipe(v.string(), v.maxLength(1)), 'xx'),
    }),
    'a required field of any kind': v.looseObject({ other: v.unknown() }),
    'nullable and optional': v.looseObject({ other: v.nullable(v.number()), more: v.optional(v.number()) }),
    'a check across fields': v.pipe(
      v.looseObject({ other: v.number() }),
      v.check((o) => o.other !== 1),
    ),
    'a literal': v.literal('BUY'),
    'a picklist of three': v.picklist(['BUY', 'SELL', 1]),
    'a wrapped pipe': v.pipe(
      v.nullish(v.string()),
      v.check((s) => s !== 'BUY'),
    ),
    'a custom check': v.custom((value) => value === 1),
    'any date': v.date(),
  };

  test.each(Object.keys(schemas))('%s', (name) => {
    const objects = nearlyValid({ other: 1, more: 2 }, ['other', 'more', 'a']);
    expectAgreement(schemas[name] as v.GenericSchema, fc.oneof(values, objects, fc.array(values)));
  });

  test('a check that throws refuses', () => {
    const schema = v.pipe(
      v.string(),
      v.check(() => {
        throw new Error('bug');
      }),
    );
    expect(compile(schema)('x')).toBe(false);
  });
});
