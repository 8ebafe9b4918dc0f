import { beforeEach, describe, expect, expectTypeOf, onTestFinished, test } from 'vitest';
import {
  balanceUpdate,
  close,
  configure,
  defaultBridge,
  disable,
  enable,
  fireCommand,
  marketData,
  patternDetected,
  type Receipt,
  signalExpired,
  signalGenerated,
  signalOutcome,
  signalOutcomeRecorded,
  subscribe,
  systemHealth,
  tradeConfirmed,
  tradeExecuted,
  tradeOutcome,
  userAction,
} from '../src/index.js';
import { failure, type Logged, World } from './support/world.js';

let world: World;
beforeEach(async () => {
  world = await World.start();
  configure({ ...world.options, name: 'functions' });
  onTestFinished(() => close());
});

/** The one event that a call makes, and its receipt. */
async function published(call: () => Promise<Receipt>): Promise<Logged> {
  const { seq, level } = await call();
  const events = await world.events();
  expect(events).toHaveLength(1);
  expect(level).toBe('fsynced');
  expect(events[0]!.seq).toBe(seq);
  expect(Math.abs(events[0]!.timestamp - Date.now() / 1000)).toBeLessThan(60);
  return events[0]!;
}

const now = expect.closeTo(Date.now() / 1000, -3) as number;
const signal = { signal_id: 'EG_1', symbol: 'EURUSD', direction: 'BUY', confidence: 85 } as const;
const fire = { fire_id: 'F_1', signal_id: 'EG_1', symbol: 'EURUSD', direction: 'SELL' } as const;

describe('each function publishes its type under the source and the correlation of the running system', () => {
  const cases: Array<[string, () => Promise<Receipt>, Partial<Logged>]> = [
    [
      'signal_generated',
      () => signalGenerated({ ...signal, pattern_type: 'SWEEP', entry_price: 1.1 }),
      {
        source: 'elite_guard',
        correlation_id: 'EG_1',
        data: { ...signal, pattern_type: 'SWEEP', entry_price: 1.1 },
      },
    ],
    [
      'signal_generated',
      () =>
        signalGenerated(
          { signal_id: 'EG_1', pair: 'EURUSD', direction: 'BUY', confidence: 1, pattern: 'X' },
          'me',
        ),
      {
        source: 'me',
        data: { signal_id: 'EG_1', symbol: 'EURUSD', direction: 'BUY', confidence: 1, pattern_type: 'X' },
      },
    ],
    [
      'fire_command',
      () => fireCommand({ ...fire, volume: 0.5, sl: 1, tp: 2 }, 7176191872),
      {
        source: 'webapp',
        correlation_id: 'F_1',
        user_id: '7176191872',
        data: {
          ...fire,
          user_id: '7176191872',
          lot_size: 0.5,
          sl_price: 1,
          tp_price: 2,
          execution_mode: 'MANUAL',
        },
      },
    ],
    [
      'trade_executed',
      () =>
        tradeExecuted({
          fire_id: 'F_1',
          ticket: 9,
          symbol: 'EURUSD',
          direction: 'BUY',
          volume: 0.1,
          price: 1.1,
        }),
      {
        source: 'mt5_adapter',
        correlation_id: 'F_1',
        data: {
          fire_id: 'F_1',
          ticket: 9,
          symbol: 'EURUSD',
          direction: 'BUY',
          volume: 0.1,
          open_price: 1.1,
          execution_time: now,
        },
      },
    ],
    [
      'balance_update',
      () => balanceUpdate({ login: 843859, balance: 10, equity: 11, margin: null }, '7'),
      {
        source: 'mt5_adapter',
        user_id: '7',
        data: { account_number: '843859', balance: 10, equity: 11, user_id: '7' },
      },
    ],
    [
      'balance_update',
      () => balanceUpdate({ account_number: 'A', balance: 10, equity: 11, user_id: 7 }),
      { user_id: '7', data: { account_number: 'A', balance: 10, equity: 11, user_id: '7' } },
    ],
    [
      'system_health',
      () => systemHealth('webapp', 'running', { uptime: 12.5 }),
      { source: 'webapp', data: { component: 'webapp', status: 'running', uptime: 12.5 } },
    ],
    [
      'user_action',
      () => userAction('7', 'login', { from: 'app' }),
      { source: 'webapp', user_id: '7', data: { user_id: '7', action: 'login', details: { from: 'app' } } },
    ],
    [
      'market_data',
      () => marketData('EURUSD', 1.1, 1.2, 5),
      { source: 'mt5_feed', data: { symbol: 'EURUSD', bid: 1.1, ask: 1.2, volume: 5, timestamp: now } },
    ],
    [
      'market_data',
      () => marketData('EURUSD', 1.1, 1.2, undefined, 'other_feed'),
      { source: 'other_feed', data: { symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: now } },
    ],
    [
      'pattern_detected',
      () => patternDetected({ pattern: 'SWEEP', pair: 'EURUSD', confidence: 80 }),
      { source: 'elite_guard', data: { pattern_type: 'SWEEP', symbol: 'EURUSD', confidence: 80 } },
    ],
    [
      'signal_expired',
      () => signalExpired({ signal_id: 'EG_1' }),
      { source: 'elite_guard', correlation_id: 'EG_1', data: { signal_id: 'EG_1' } },
    ],
    [
      'trade_confirmed',
      () => tradeConfirmed({ fire_id: 'F_1', status: 'FILLED', lot_size: 1 }),
      { source: 'mt5_adapter', correlation_id: 'F_1', data: { fire_id: 'F_1', status: 'FILLED', volume: 1 } },
    ],
    [
      'trade_outcome',
      () => tradeOutcome({ fire_id: 'F_1', outcome: 'TP_HIT', pips: 20 }),
      { source: 'mt5_adapter', correlation_id: 'F_1', data: { fire_id: 'F_1', outcome: 'TP_HIT', pips: 20 } },
    ],
    [
      'signal_outcome',
      () => signalOutcome({ signal_id: 'EG_1', outcome: 'WIN', pattern: 'SWEEP', pair: 'EURUSD' }),
      {
        source: 'outcome_tracker',
        correlation_id: 'EG_1',
        data: { signal_id: 'EG_1', outcome: 'WIN', pattern: 'SWEEP', symbol: 'EURUSD' },
      },
    ],
    [
      'signal_outcome',
      () => signalOutcomeRecorded({ signal_id: 'EG_1', outcome: 'LOSS' }),
      { data: { signal_id: 'EG_1', outcome: 'LOSS' } },
    ],
  ];

  test.each(cases)('%s', async (event_type, call, expected) => {
    const { seq: _seq, timestamp: _timestamp, ...event } = await published(call);
    expect(event).toMatchObject({ event_type, ...expected });
    expect(event.data).toEqual(expected.data);
  });
});

test('data that cannot be read is refused by the receipt, and thrown at nobody', async () => {
  const hostile = {
    get user_id(): string {
      throw new Error('no');
    },
  };
  for (const call of [
    () => fireCommand(null as never, '7'),
    () => fireCommand(hostile as never),
    () => balanceUpdate(undefined as never),
    () => userAction(Object.create(null) as never, 'x', null as never),
    () => signalGenerated('text' as never),
    () => systemHealth(Symbol('x') as never, 'running', null as never),
  ]) {
    expect(await failure(call())).toMatchObject({ code: 'invalid_event' });
  }
});

test('the default bridge can be disabled, subscribed to, and made anew after it was closed', async () => {
  disable();
  expect(await marketData('EURUSD', 1, 1)).toEqual({ seq: null, level: 'disabled' });
  enable();
  const seen: string[] = [];
  const subscription = subscribe({ from: 'start', types: ['market_data'] }, (event) => {
    seen.push(event.event_type);
    void subscription.close();
  });
  await marketData('EURUSD', 1, 1);
  await subscription.done;
  expect(seen).toEqual(['market_data']);
  expect(() => configure({})).toThrow(expect.objectContaining({ code: 'too_late' }));
  const first = defaultBridge();
  await close();
  expect(configure(world.options)).not.toBe(first);
});

test('settings that make no sense are the receipt’s to tell', async () => {
  await close();
  process.env.BITTEN_BUS_PORT = 'none';
  onTestFinished(() => {
    delete process.env.BITTEN_BUS_PORT;
  });
  expect(await failure(marketData('EURUSD', 1, 1))).toMatchObject({ code: 'bad_option' });
});

test('the compiler knows what each takes', () => {
  expectTypeOf(signalGenerated).toBeCallableWith({ ...signal, pattern: 'X', own: 1 });
  expectTypeOf(fireCommand).toBeCallableWith({ ...fire, lot_size: 1 }, '7');
  expectTypeOf(balanceUpdate).toBeCallableWith({ login: 1, balance: 1, equity: 1 }, 7);
  type Fire = Parameters<typeof fireCommand>[0];
  expectTypeOf({ fire_id: 'F', signal_id: 'S', symbol: 'EURUSD', volume: 1 }).not.toExtend<Fire>();
  expectTypeOf({ ...fire, volume: '1' }).not.toExtend<Fire>();
  expectTypeOf({ ...signal, pattern: 'X', direction: 'UP' }).not.toExtend<
    Parameters<typeof signalGenerated>[0]
  >();
});
