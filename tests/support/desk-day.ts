/**
 * An afternoon of a desk, made up so that anybody can work out by hand how things stood at any moment of it.
 * Monday, 5 January 2026; all times UTC.
 */

/** Unix seconds of a time of that afternoon. */
export function at(time: string): number {
  return Date.parse(`2026-01-05T${time}Z`) / 1000;
}

function event(time: string, event_type: string, source: string, data: object, more: object = {}): object {
  return { event_type, timestamp: at(time), source, data, ...more };
}

function balance(time: string, account: string, user: string, [balance, equity]: [number, number]): object {
  const data = { user_id: user, account_number: account, balance, equity };
  return event(time, 'balance_update', 'mt5_adapter', data, { user_id: user });
}

function tick(time: string, symbol: string, [bid, ask]: [number, number]): object {
  return event(time, 'market_data', 'mt5_feed', { symbol, bid, ask, timestamp: at(time) });
}

interface Trade {
  n: number;
  symbol: string;
  user: string;
  signal: string;
  fired: string;
  executed: string;
  closed?: string;
  profit?: number;
}

/** A signal, its fire, the execution, and the outcome where there is one. */
function trade({ n, symbol, user, signal, fired, executed, closed, profit = 0 }: Trade): object[] {
  const ids = { fire_id: `F${n}`, signal_id: `S${n}` };
  const side = { symbol, direction: 'BUY' };
  const about = { correlation_id: `S${n}` };
  const steps = [
    event(
      signal,
      'signal_generated',
      'elite_guard',
      { signal_id: `S${n}`, ...side, confidence: 80 + n, pattern_type: 'ORDER_BLOCK_BOUNCE' },
      about,
    ),
    event(
      fired,
      'fire_command',
      'webapp',
      { ...ids, ...side, user_id: user, lot_size: 0.1 * n, execution_mode: 'AUTO' },
      { ...about, user_id: user },
    ),
    event(
      executed,
      'trade_executed',
      'mt5_adapter',
      {
        fire_id: `F${n}`,
        ticket: 1000 + n,
        ...side,
        volume: 0.1 * n,
        open_price: 1.1,
        execution_time: at(executed),
      },
      about,
    ),
  ];
  if (closed === undefined) return steps;
  const outcome = profit > 0 ? 'TP_HIT' : 'SL_HIT';
  return [
    ...steps,
    event(closed, 'trade_outcome', 'tracker', { ...ids, outcome, profit, pips: profit / 10 }, about),
  ];
}

/**
 * The afternoon. At 14:32 account A1 has 10,050.00 with an equity of 10,020.00, account B1 5,000.00 with 5,010.00; open
 * are F1, F2 and F3; EURUSD stands at 1.10320/1.10330. At 14:45 F1 is closed, and A1 has 10,150.00.
 */
export const deskDay: readonly object[] = [
  event('13:59:00', 'system_health', 'mt5_adapter', { component: 'mt5_adapter', status: 'starting' }),
  event('13:59:30', 'system_health', 'mt5_adapter', { component: 'mt5_adapter', status: 'running' }),
  balance('14:00:00', 'A1', 'user-1', [10_000, 10_000]),
  balance('14:01:00', 'B1', 'user-2', [5_000, 5_000]),
  tick('14:02:00', 'EURUSD', [1.1, 1.1001]),
  ...trade({
    n: 1,
    symbol: 'EURUSD',
    user: 'user-1',
    signal: '14:05:00',
    fired: '14:06:00',
    executed: '14:06:02',
    closed: '14:40:00',
    profit: 100,
  }),
  ...trade({
    n: 2,
    symbol: 'GBPUSD',
    user: 'user-2',
    signal: '14:19:00',
    fired: '14:20:00',
    executed: '14:20:01',
  }),
  balance('14:25:00', 'B1', 'user-2', [5_000, 5_010]),
  balance('14:30:00', 'A1', 'user-1', [10_050, 10_020]),
  ...trade({
    n: 3,
    symbol: 'USDJPY',
    user: 'user-1',
    signal: '14:30:30',
    fired: '14:31:00',
    executed: '14:31:01',
    closed: '14:50:00',
    profit: -40,
  }),
  tick('14:31:59', 'EURUSD', [1.1032, 1.1033]),
  tick('14:33:00', 'EURUSD', [1.104, 1.1041]),
  event('14:35:00', 'system_health', 'mt5_adapter', {
    component: 'mt5_adapter',
    status: 'degraded',
    message: 'broker slow',
  }),
  balance('14:40:01', 'A1', 'user-1', [10_150, 10_150]),
  // Commanded and never executed.
  event(
    '14:41:00',
    'fire_command',
    'webapp',
    {
      fire_id: 'F4',
      signal_id: 'S4',
      user_id: 'user-2',
      symbol: 'EURUSD',
      direction: 'SELL',
      lot_size: 0.5,
      execution_mode: 'MANUAL',
    },
    { correlation_id: 'S4', user_id: 'user-2' },
  ),
  balance('14:50:01', 'A1', 'user-1', [10_110, 10_110]),
];
