import { describe, expect, test } from 'vitest';
import { createStandardCatalogue } from '../src/catalogue.js';
import { checkEvent, decodeEvent } from '../src/codec.js';
import { jsonSchema } from '../src/json-schema.js';
import { isReplayed } from '../src/replay-mark.js';
import { minimal } from './support/samples.js';

const catalogue = createStandardCatalogue();
const fire = { event_type: 'fire_command', timestamp: 1, source: 'webapp', data: minimal.fire_command };
const replayed = { ...fire, seq: 7, replay: { id: 'friday', at: 1_792_681_200.5 } };

/** Both ways in: as a value, and as JSON text. They must never disagree. */
function codesOf(event: object): string[] {
  const asValue = checkEvent(event, catalogue);
  const decoded = decodeEvent(JSON.stringify(event), catalogue);
  expect(decoded.ok ? [] : decoded.issues).toEqual(asValue);
  return asValue.map(({ path, code }) => `${path} ${code}`);
}

describe('an event with the mark of a replay', () => {
  test('is refused, in words that say why', () => {
    expect(codesOf(replayed)).toEqual(['replay reserved']);
    expect(checkEvent(replayed, catalogue)[0]?.expected).toContain('not published again');
  });

  test.each([true, '', 0, 'friday', [], {}])('is refused also where the mark is %j', (replay) => {
    expect(codesOf({ ...fire, replay })).toEqual(['replay reserved']);
  });

  test('is told of the mark first, and of what else is wrong', () => {
    expect(codesOf({ ...replayed, source: 7 })).toEqual(['replay reserved', 'source type']);
  });

  test('of a type without rules is refused too', () => {
    expect(codesOf({ ...replayed, event_type: 'new_thing', data: {} })).toEqual(['replay reserved']);
  });

  test('breaks the JSON Schema as well', () => {
    expect(jsonSchema('fire_command')?.properties).toMatchObject({ replay: { type: 'null' } });
  });
});

test('an event without the mark is as valid as ever, and null counts as absent', () => {
  expect(codesOf({ ...fire, seq: 7 })).toEqual([]);
  expect(codesOf({ ...fire, replay: null })).toEqual([]);
  expect(codesOf({ ...fire, data: { ...fire.data, replay: { id: 'x', at: 1 } } })).toEqual([]);
});

test('whoever receives an event can tell', () => {
  expect(isReplayed(replayed)).toBe(true);
  expect(isReplayed({ ...replayed, replay: 'damaged' })).toBe(true);
  expect([fire, { ...fire, replay: null }, null, undefined, 3].map(isReplayed)).toEqual(Array(5).fill(false));
});
