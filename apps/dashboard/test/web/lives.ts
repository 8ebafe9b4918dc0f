import type { Lifecycle } from '../../src/api/lifecycle.js';

const nothing: Lifecycle = {
  ...{ signal_id: null, fire_id: null, state: 'signalled', missing: null, pattern: null, symbol: null },
  ...{ direction: null, confidence: null, user_id: null, ticket: null },
  ...{ signal_at: null, fired_at: null, executed_at: null, confirmed_at: null, outcome_at: null },
  ...{ expired_at: null, signal_outcome_at: null },
  ...{ to_fire_s: null, to_execute_s: null, to_confirm_s: null, to_outcome_s: null },
  ...{ outcome: null, won: null, profit: null, pips: null },
  ...{ signal_outcome: null, signal_won: null, signal_pips: null },
  ...{ signal_count: 0, fired_count: 0, executed_count: 0, confirmed_count: 0, outcome_count: 0 },
  ...{ expired_count: 0, signal_outcome_count: 0 },
  ...{ signal_seq: null, fired_seq: null, executed_seq: null, confirmed_seq: null, outcome_seq: null },
  ...{ expired_seq: null, signal_outcome_seq: null, first_seq: 1 },
};

/** A life of which nothing has come but what is given. */
export function life(given: Partial<Lifecycle> = {}): Lifecycle {
  return { ...nothing, ...given };
}

export const signalled = {
  ...{ signal_id: 'S1', pattern: 'LIQUIDITY_SWEEP_REVERSAL', confidence: 85.5 },
  ...{ signal_at: 1000, signal_seq: 1, signal_count: 1 },
};
export const fired = {
  ...{ fire_id: 'F1', user_id: '7', state: 'fired' as const },
  ...{ fired_at: 1002.5, fired_seq: 2, fired_count: 1, to_fire_s: 2.5 },
};
export const executed = {
  ...{ state: 'executed' as const, ticket: 4711 },
  ...{ executed_at: 1002.85, executed_seq: 3, executed_count: 1, to_execute_s: 0.35 },
};
export const closed = {
  ...{ state: 'closed' as const, outcome: 'TP_HIT', won: 1, profit: 42.5, pips: 20 },
  ...{ outcome_at: 8202.85, outcome_seq: 5, outcome_count: 1, to_outcome_s: 7200 },
};
