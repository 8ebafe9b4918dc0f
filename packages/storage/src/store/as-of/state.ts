/** How things stood at an instant, by the events' own time: each event at that very time counts as having happened. */
export interface State {
  /** Unix seconds. */
  at: number;
  /** The last balance of each account, by its number; at most 1,000. */
  accounts: AccountState[];
  /** Executed and without an outcome, the newest first; at most 500. */
  open_trades: OpenTrade[];
  /** How many there are in all. */
  open_trades_total: number;
  /** The last quote of each symbol; at most 500. */
  quotes: Quote[];
  /** What each component said last; at most 500. */
  components: ComponentState[];
}

export interface AccountState {
  account_number: string;
  user_id: string | null;
  balance: number | null;
  equity: number | null;
  margin: number | null;
  free_margin: number | null;
  /** Unix seconds: when the event says it was so. */
  at: number;
  seq: number;
}

export interface OpenTrade {
  fire_id: string;
  signal_id: string | null;
  user_id: string | null;
  symbol: string | null;
  direction: string | null;
  ticket: number | null;
  volume: number | null;
  open_price: number | null;
  sl_price: number | null;
  tp_price: number | null;
  /** When it was executed, by the event's own time. */
  opened_at: number;
  /** The `trade_executed`. */
  seq: number;
}

export interface Quote {
  symbol: string;
  bid: number | null;
  ask: number | null;
  at: number;
  seq: number;
}

export interface ComponentState {
  component: string;
  status: string;
  message: string | null;
  at: number;
  seq: number;
}

/** A stretch of the events' own time, Unix seconds, both ends included. */
export interface TimeRange {
  from: number;
  to: number;
}

/** Balances at equally spaced instants. */
export interface EquityCurves {
  /** Unix seconds. */
  at: number[];
  accounts: Array<{
    account_number: string;
    user_id: string | null;
    /** As long as `at`; null before its first event. */
    balance: Array<number | null>;
    equity: Array<number | null>;
  }>;
  /** Accounts beyond the twenty that changed last. */
  more: number;
}

/** How often a component said each status. */
export interface ComponentStatuses {
  component: string;
  statuses: Record<string, number>;
  last_status: string;
  last_at: number;
}
