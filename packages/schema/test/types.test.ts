import * as v from 'valibot';
import { describe, expectTypeOf, test } from 'vitest';
import {
  type DataOf,
  defaultSourceOf,
  defineEvent,
  type Envelope,
  type EventData,
  type EventDefinition,
  type EventInput,
  type EventOf,
  type EventType,
  type FireCommand,
  type MarketData,
  type SignalGenerated,
  type StandardEvent,
} from '../src/index.js';

// These tests hold when the file compiles: `pnpm typecheck` is what runs them.

describe('the types of data', () => {
  test('have literal words for choices, and null or nothing for optional fields', () => {
    expectTypeOf<SignalGenerated['direction']>().toEqualTypeOf<'BUY' | 'SELL'>();
    expectTypeOf<FireCommand['execution_mode']>().toEqualTypeOf<'MANUAL' | 'AUTO' | 'SEMI_AUTO'>();
    expectTypeOf<MarketData['volume']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<EventData<'user_action'>['details']>().toEqualTypeOf<
      Record<string, unknown> | null | undefined
    >();
  });

  test('take unknown fields and refuse a missing required one', () => {
    expectTypeOf({ symbol: 'EURUSD', bid: 1, ask: 1, timestamp: 1, venue: 'x' }).toExtend<MarketData>();
    expectTypeOf({ symbol: 'EURUSD', bid: 1, timestamp: 1 }).not.toExtend<MarketData>();
    expectTypeOf({ symbol: 'EURUSD', bid: '1', ask: 1, timestamp: 1 }).not.toExtend<MarketData>();
  });

  test('go by the name of the type', () => {
    expectTypeOf<EventData<'signal_generated'>>().toEqualTypeOf<SignalGenerated>();
    expectTypeOf<'price_alert'>().not.toExtend<EventType>();
    expectTypeOf<StandardEvent<'market_data'>>().toExtend<Envelope>();
    expectTypeOf<
      Extract<StandardEvent, { event_type: 'fire_command' }>['data']
    >().toEqualTypeOf<FireCommand>();
  });
});

test('a type of your own gets the same', () => {
  const priceAlert = defineEvent({
    type: 'price_alert',
    description: 'A price was reached.',
    data: v.looseObject({ symbol: v.string(), price: v.number(), note: v.nullish(v.string()) }),
  });
  type PriceAlert = DataOf<typeof priceAlert>;
  expectTypeOf(priceAlert.type).toEqualTypeOf<'price_alert'>();
  expectTypeOf<PriceAlert['price']>().toEqualTypeOf<number>();
  expectTypeOf<PriceAlert['note']>().toEqualTypeOf<string | null | undefined>();
  expectTypeOf<EventOf<typeof priceAlert>['event_type']>().toEqualTypeOf<'price_alert'>();
  expectTypeOf(priceAlert).toExtend<EventDefinition>();
});

describe('what a caller may pass', () => {
  test('is the canonical data', () => {
    expectTypeOf<EventData<'trade_executed'>>().toExtend<EventInput<'trade_executed'>>();
    expectTypeOf<EventData<'balance_update'>>().toExtend<EventInput<'balance_update'>>();
    expectTypeOf<EventData<'signal_expired'>>().toExtend<EventInput<'signal_expired'>>();
  });

  test('is the same under the names in use, without what is filled in', () => {
    const trade = {
      fire_id: 'f',
      ticket: 1,
      pair: 'EURUSD',
      direction: 'BUY',
      lot_size: 0.1,
      price: 1,
    } as const;
    expectTypeOf(trade).toExtend<EventInput<'trade_executed'>>();
    expectTypeOf({ ...trade, sl: 1, take_profit: null }).toExtend<EventInput<'trade_executed'>>();
    expectTypeOf({ pair: 'EURUSD', bid: 1, ask: 1 }).toExtend<EventInput<'market_data'>>();
    expectTypeOf({ user_id: 7, login: 8, balance: 1, equity: 1 }).toExtend<EventInput<'balance_update'>>();
    expectTypeOf({ user_id: 'u', action: 'login' }).toExtend<EventInput<'user_action'>>();
  });

  test('is not data without a required field, or with the wrong type under an alias', () => {
    const trade = { fire_id: 'f', ticket: 1, symbol: 'EURUSD', direction: 'BUY', price: 1 } as const;
    expectTypeOf(trade).not.toExtend<EventInput<'trade_executed'>>();
    expectTypeOf({ ...trade, volume: '1' }).not.toExtend<EventInput<'trade_executed'>>();
    expectTypeOf({ ...trade, volume: 1, sl: '1' }).not.toExtend<EventInput<'trade_executed'>>();
    expectTypeOf({ user_id: 'u', balance: 1, equity: 1 }).not.toExtend<EventInput<'balance_update'>>();
  });
});

test('a standard type always has a source', () => {
  expectTypeOf(defaultSourceOf('fire_command')).toEqualTypeOf<string>();
  expectTypeOf(defaultSourceOf('price_alert')).toEqualTypeOf<string | undefined>();
});
