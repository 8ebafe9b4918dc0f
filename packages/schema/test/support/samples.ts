import type { Envelope, EventData, EventType } from '../../src/index.js';

/** The moment in these samples, as a Python float travels. */
export const moment = 1757957318.1234567;

/** For each type, data with the required fields only. */
export const minimal: { [Type in EventType]: EventData<Type> } = {
  signal_generated: {
    signal_id: 'EG_EURUSD_1',
    symbol: 'EURUSD',
    direction: 'BUY',
    confidence: 85,
    pattern_type: 'LIQUIDITY_SWEEP_REVERSAL',
  },
  fire_command: {
    fire_id: 'F1',
    signal_id: 'EG_EURUSD_1',
    user_id: '7',
    symbol: 'EURUSD',
    direction: 'SELL',
    lot_size: 0.01,
    execution_mode: 'SEMI_AUTO',
  },
  trade_executed: {
    fire_id: 'F1',
    ticket: 1,
    symbol: 'EURUSD',
    direction: 'SELL',
    volume: 0.01,
    open_price: 0,
    execution_time: moment,
  },
  balance_update: { user_id: '7', account_number: '843859', balance: 0, equity: 0 },
  system_health: { component: 'event_bus', status: 'started' },
  market_data: { symbol: 'EURUSD', bid: 1.0851, ask: 1.0852, timestamp: moment },
  user_action: { user_id: '7', action: 'login' },
  pattern_detected: { pattern_type: 'ORDER_BLOCK', symbol: 'EURUSD', confidence: 0 },
  signal_expired: { signal_id: 'EG_EURUSD_1' },
  signal_outcome: { signal_id: 'EG_EURUSD_1' },
  trade_confirmed: { fire_id: 'F1' },
  trade_outcome: { fire_id: 'F1' },
  dead_letter_resolved: { dead_letter: 1, action: 'discarded' },
};

export const types = Object.keys(minimal) as EventType[];

export function eventOf(event_type: string, data: unknown, more: Record<string, unknown> = {}): Envelope {
  // Tests hand over broken events on purpose.
  return { event_type, timestamp: moment, source: 'test', data, ...more } as Envelope;
}

/** `['data.x missing']`: issues in a form that reads well in an assertion. */
export function brief(issues: readonly { path: string; code: string }[]): string[] {
  return issues.map(({ path, code }) => `${path} ${code}`.trim());
}
