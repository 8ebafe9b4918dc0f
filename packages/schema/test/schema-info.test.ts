import { describe, expect, test } from 'vitest';
import { checkEvent, createStandardCatalogue, envelopeInfo, schemaInfo } from '../src/index.js';
import { jsonSchema } from '../src/json-schema.js';
import { eventOf, types } from './support/samples.js';

const catalogue = createStandardCatalogue();

describe.each(types)('%s', (type) => {
  test('has words for each field, the same as in its issues', () => {
    const info = schemaInfo(type);
    expect(info?.description).toMatch(/\.$/);
    const wrong = Object.fromEntries(Object.keys(info?.fields ?? {}).map((name) => [name, true]));
    const issues = checkEvent(eventOf(type, wrong), catalogue);
    expect(Object.fromEntries(issues.map((issue) => [issue.path, issue.expected]))).toEqual(
      Object.fromEntries(
        Object.entries(info?.fields ?? {}).map(([name, field]) => [`data.${name}`, field.constraint]),
      ),
    );
    for (const field of Object.values(info?.fields ?? {})) expect(field.meaning).toMatch(/\.$|…$/);
  });

  test('has a JSON Schema of the whole event', () => {
    const schema = jsonSchema(type);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: type,
      type: 'object',
      required: ['event_type', 'timestamp', 'source', 'data'],
      properties: {
        event_type: { const: type },
        data: { type: 'object', required: schemaInfo(type)?.required },
      },
    });
    const data = schema?.properties?.data as { properties: object } | undefined;
    expect(Object.keys(data?.properties ?? {})).toEqual(Object.keys(schemaInfo(type)?.fields ?? {}));
  });
});

test('JSON Schema carries the rules', () => {
  const data = jsonSchema('signal_generated')?.properties?.data;
  expect(data).toMatchObject({
    properties: {
      signal_id: { type: 'string', maxLength: 200 },
      direction: { enum: ['BUY', 'SELL'] },
      confidence: { type: 'number', minimum: 0, maximum: 100 },
      expires_at: { anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { type: 'null' }] },
    },
  });
  expect(jsonSchema('trade_executed')?.properties?.data).toMatchObject({
    properties: { ticket: { type: 'integer', minimum: 1 } },
  });
  expect(data).not.toHaveProperty('additionalProperties', false);
});

test('a type that is not known has neither', () => {
  for (const type of ['price_alert', 'constructor', '']) {
    expect(schemaInfo(type)).toBeUndefined();
    expect(jsonSchema(type)).toBeUndefined();
  }
});

test('the envelope is told of in the same way', () => {
  const info = envelopeInfo();
  expect(Object.keys(info)).toEqual([
    'event_type',
    'timestamp',
    'source',
    'data',
    'correlation_id',
    'user_id',
    'session_id',
    'conflated',
  ]);
  expect(info.user_id).toMatchObject({
    type: 'string',
    required: false,
    constraint: 'string of at most 50 characters',
  });
});
