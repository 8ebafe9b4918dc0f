/** Monday, 5 January 2026, in UTC: Unix seconds of a time of that day. */
export function at(time: string): number {
  return Date.parse(`2026-01-05T${time}Z`) / 1000;
}

function event(time: string, event_type: string, data: object, more: object = {}): object {
  return { event_type, timestamp: at(time), source: 'desk', data, ...more };
}

function balance(time: string, account_number: string, [balance, equity]: [number, number]): object {
  const user_id = `user-${account_number}`;
  return event(time, 'balance_update', { user_id, account_number, balance, equity }, { user_id });
}

function tick(time: string, [bid, ask]: [number, number]): object {
  return event(time, 'market_data', { symbol: 'EURUSD', bid, ask, timestamp: at(time) });
}

function signal(time: string, n: number, pattern_type: string): object {
  const data = { signal_id: `S${n}`, symbol: 'EURUSD', direction: 'BUY', confidence: 80 + n, pattern_type };
  return event(time, 'signal_generated', data, { correlation_id: `chain-${n}` });
}

function fire(time: string, n: number): object {
  const ids = { fire_id: `F${n}`, signal_id: `S${n}`, user_id: 'user-A' };
  const data = { ...ids, symbol: 'EURUSD', direction: 'BUY', lot_size: 0.1, execution_mode: 'AUTO' };
  return event(time, 'fire_command', data, { correlation_id: `chain-${n}` });
}

function executed(time: string, n: number): object {
  const side = { symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.1 };
  const data = { fire_id: `F${n}`, ticket: 1000 + n, ...side, execution_time: at(time) };
  return event(time, 'trade_executed', data, { correlation_id: `chain-${n}` });
}

function outcome(time: string, n: number, profit: number): object[] {
  const word = profit > 0 ? 'TP_HIT' : 'SL_HIT';
  const more = { correlation_id: `chain-${n}` };
  return [
    event(
      time,
      'trade_outcome',
      { fire_id: `F${n}`, signal_id: `S${n}`, outcome: word, profit, pips: 1 },
      more,
    ),
    event(
      time,
      'signal_outcome',
      { signal_id: `S${n}`, outcome: profit > 0 ? 'WIN' : 'LOSS', pips: 1 },
      more,
    ),
  ];
}

/**
 * A day of a desk, so small that anybody can work out how things stood at any instant of it.
 *
 * At 14:32 account A has 10,050 with an equity of 10,020, account B 5,000; F1 (of 6:06, in Asia) is open, F2 (of 14:20,
 * in New York) too; EURUSD stands at 1.1032; the adapter runs. At 14:45 F1 is closed, A has 10,150, and the adapter is
 * degraded. F3 is commanded at 14:41 and never executed.
 */
export const deskDay: readonly object[] = [
  event('05:59:00', 'system_health', { component: 'adapter', status: 'starting' }),
  event('05:59:30', 'system_health', { component: 'adapter', status: 'running' }),
  balance('06:00:00', 'A', [10_000, 10_000]),
  balance('06:01:00', 'B', [5_000, 5_000]),
  tick('06:02:00', [1.1, 1.1001]),
  signal('06:05:00', 1, 'ORDER_BLOCK_BOUNCE'),
  fire('06:06:00', 1),
  executed('06:06:02', 1),
  signal('14:19:00', 2, 'ORDER_BLOCK_BOUNCE'),
  fire('14:20:00', 2),
  executed('14:20:01', 2),
  balance('14:30:00', 'A', [10_050, 10_020]),
  tick('14:31:59', [1.1032, 1.1033]),
  tick('14:33:00', [1.104, 1.1041]),
  event('14:35:00', 'system_health', { component: 'adapter', status: 'degraded', message: 'broker slow' }),
  ...outcome('14:40:00', 1, 100),
  balance('14:40:01', 'A', [10_150, 10_150]),
  signal('14:40:30', 3, 'LIQUIDITY_SWEEP_REVERSAL'),
  fire('14:41:00', 3),
  ...outcome('14:50:00', 2, -40),
];
