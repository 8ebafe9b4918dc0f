import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkEvent,
  correlationOf,
  createStandardCatalogue,
  defaultSourceOf,
  withAliases,
} from '../src/index.js';
import { eventOf, minimal, types } from './support/samples.js';

const now = 1757957318.5;
const catalogue = createStandardCatalogue();

describe('names in use become canonical', () => {
  test.each([
    [
      'signal_generated',
      { pair: 'EURUSD', pattern: 'OB', entry: 1 },
      { symbol: 'EURUSD', pattern_type: 'OB', entry_price: 1 },
    ],
    [
      'fire_command',
      { volume: 1, sl: 2, tp: 3, execution_mode: 'AUTO' },
      { lot_size: 1, sl_price: 2, tp_price: 3, execution_mode: 'AUTO' },
    ],
    [
      'fire_command',
      { stop_loss: 2, take_profit: 3 },
      { sl_price: 2, tp_price: 3, execution_mode: 'MANUAL' },
    ],
    [
      'trade_executed',
      { lot_size: 1, price: 2, execution_time: 5 },
      { volume: 1, open_price: 2, execution_time: 5 },
    ],
    ['trade_executed', { entry: 2, pair: 'X' }, { open_price: 2, symbol: 'X', execution_time: now }],
    ['balance_update', { login: 843859, user_id: 7 }, { account_number: '843859', user_id: '7' }],
    ['market_data', { pair: 'X', volume: 5 }, { symbol: 'X', volume: 5, timestamp: now }],
    ['market_data', { timestamp: 4 }, { timestamp: 4 }],
    ['pattern_detected', { pattern: 'OB', pair: 'X' }, { pattern_type: 'OB', symbol: 'X' }],
    ['signal_outcome', { pattern: 'OB', pair: 'X' }, { pattern: 'OB', symbol: 'X' }],
    ['trade_confirmed', { price: 1, lot_size: 2 }, { price: 1, volume: 2 }],
    ['price_alert', { pair: 'X', sl: 1, user_id: 7n }, { pair: 'X', sl: 1, user_id: '7' }],
  ] as const)('%s %o', (type, given, wanted) => {
    expect(withAliases(type, given, now)).toEqual(wanted);
  });
});

test('the canonical name wins, and the alias stays as an unknown field', () => {
  expect(withAliases('market_data', { pair: 'A', symbol: 'B', timestamp: 1 }, now)).toEqual({
    pair: 'A',
    symbol: 'B',
    timestamp: 1,
  });
  expect(withAliases('market_data', { pair: 'A', symbol: null, timestamp: 1 }, now)).toEqual({
    symbol: 'A',
    timestamp: 1,
  });
});

test('of two aliases the preferred one moves and the other stays', () => {
  const trade = { execution_time: 1, entry: 2, price: 3, stop_loss: 4, sl: 5 };
  expect(withAliases('trade_executed', trade, now)).toEqual({
    execution_time: 1,
    entry: 2,
    open_price: 3,
    stop_loss: 4,
    sl_price: 5,
  });
});

test('absent fields are dropped, also before a default is filled in', () => {
  const given = { a: null, b: undefined, c: 0, d: '', e: false, execution_mode: null };
  expect(withAliases('fire_command', given, now)).toEqual({
    c: 0,
    d: '',
    e: false,
    execution_mode: 'MANUAL',
  });
});

test('only ids become text, and only whole numbers do', () => {
  expect(withAliases('user_action', { user_id: 1.5, action: 7 }, now)).toEqual({ user_id: 1.5, action: 7 });
});

describe("the envelope's user", () => {
  test.each(['fire_command', 'balance_update', 'user_action'])('is the user of the data of a %s', (type) => {
    expect(withAliases(type, {}, now, 7)).toMatchObject({ user_id: '7' });
    expect(withAliases(type, { user_id: null }, now, 'me')).toMatchObject({ user_id: 'me' });
    expect(withAliases(type, { user_id: 8 }, now, 'me')).toMatchObject({ user_id: '8' });
    for (const nobody of [null, undefined]) {
      expect(withAliases(type, {}, now, nobody)).not.toHaveProperty('user_id');
    }
  });

  test('is in the data of no other type', () => {
    const others = types.filter((type) => !Object.hasOwn(minimal[type], 'user_id'));
    expect(others).toHaveLength(types.length - 3);
    for (const type of [...others, 'price_alert', 'constructor']) {
      expect(withAliases(type, {}, now, 7)).not.toHaveProperty('user_id');
    }
  });
});

test('what is given stays as it is, and hostile keys stay fields', () => {
  const given = Object.freeze(JSON.parse('{"pair":"X","__proto__":{"symbol":"evil"},"constructor":1}'));
  const data = withAliases('market_data', given, now);
  expect(JSON.parse(JSON.stringify(data))).toEqual(
    JSON.parse('{"symbol":"X","__proto__":{"symbol":"evil"},"constructor":1,"timestamp":1757957318.5}'),
  );
  expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  expect(given.pair).toBe('X');
});

test('canonical data comes through unchanged, and twice is the same as once', () => {
  for (const type of types) expect(withAliases(type, minimal[type], now)).toEqual(minimal[type]);
  const names = fc.constantFrom(
    'pair',
    'symbol',
    'sl',
    'stop_loss',
    'sl_price',
    'volume',
    'lot_size',
    'price',
    'entry',
    'login',
    'x',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.dictionary(names, fc.constantFrom(1, 'a', null)),
      (type, data) => {
        const once = withAliases(type, data, now);
        for (const [name, value] of Object.entries(data)) {
          if (value !== null && name !== 'login') expect(Object.values(once)).toContain(value);
        }
      },
    ),
  );
});

test('what callers really pass is valid afterwards', () => {
  const trade = {
    fire_id: 'F',
    ticket: 9,
    pair: 'EURUSD',
    direction: 'BUY',
    lot_size: 0.1,
    price: 1.1,
    sl: 1,
    tp: null,
  };
  expect(checkEvent(eventOf('trade_executed', withAliases('trade_executed', trade, now)), catalogue)).toEqual(
    [],
  );
});

describe('what belongs together', () => {
  test.each([
    ['signal_generated', 'S'],
    ['signal_expired', 'S'],
    ['signal_outcome', 'S'],
    ['fire_command', 'F'],
    ['trade_executed', 'F'],
    ['trade_confirmed', 'F'],
    ['trade_outcome', 'F'],
    ['market_data', undefined],
    ['price_alert', undefined],
  ])('%s carries %s', (type, wanted) => {
    expect(correlationOf(type, { signal_id: 'S', fire_id: 'F' })).toBe(wanted);
  });

  test('is left open where the id is no text', () => {
    expect(correlationOf('fire_command', { fire_id: 5 })).toBeUndefined();
  });
});

test('every standard type has a source, no other has', () => {
  expect(defaultSourceOf('signal_generated')).toBe('elite_guard');
  expect(defaultSourceOf('fire_command')).toBe('webapp');
  expect(defaultSourceOf('user_action')).toBe('webapp');
  expect(defaultSourceOf('trade_executed')).toBe('mt5_adapter');
  expect(defaultSourceOf('balance_update')).toBe('mt5_adapter');
  expect(defaultSourceOf('market_data')).toBe('mt5_feed');
  expect(defaultSourceOf('system_health', { component: 'tracker' })).toBe('tracker');
  for (const type of types) expect(defaultSourceOf(type)).toMatch(/^[a-z0-9_]+$/);
  expect(defaultSourceOf('constructor')).toBeUndefined();
});
