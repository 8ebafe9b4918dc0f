import { expect, test } from 'vitest';
import { compileFilter, type Facets, type Filter } from '../src/filter.js';

function passes(filter: Filter, event: Partial<Facets>): boolean {
  const test = compileFilter(filter);
  return test === null || test(event);
}

test('an event passes when it is in every list given', () => {
  const event = { event_type: 'market_data', source: 'mt5_feed', data: { symbol: 'EURUSD' } };
  expect(passes({ types: ['user_action', 'market_data'] }, event)).toBe(true);
  expect(passes({ types: ['market_data'], symbols: ['EURUSD'], sources: ['mt5_feed'] }, event)).toBe(true);
  expect(passes({ types: ['market_data'], symbols: ['GBPUSD'] }, event)).toBe(false);
  expect(passes({ types: [] }, event)).toBe(false);
});

test('a user stands in the envelope or in the data, and the envelope’s counts', () => {
  expect(passes({ users: ['7'] }, { user_id: '7', data: {} })).toBe(true);
  expect(passes({ users: ['7'] }, { user_id: null, data: { user_id: '7' } })).toBe(true);
  expect(passes({ users: ['7'] }, { user_id: '8', data: { user_id: '7' } })).toBe(false);
  expect(passes({ users: ['7'] }, { data: {} })).toBe(false);
});

test('a dead letter, which has no data, is told by type and source', () => {
  expect(passes({ types: ['fire_command'] }, { event_type: 'fire_command', source: 'webapp' })).toBe(true);
  expect(passes({ symbols: ['EURUSD'] }, { event_type: 'fire_command' })).toBe(false);
});

test('no list at all needs no looking', () => {
  expect(compileFilter(undefined)).toBeNull();
  expect(compileFilter({})).toBeNull();
});
