/** Which lives: one that passes is of a kind in the list. */
export const lifecycleStates = ['open', 'never-executed', 'orphans', 'duplicates', 'expired'] as const;
export type LifecycleState = (typeof lifecycleStates)[number];

export interface LifecycleQuery {
  /** Only the fire with this id, or where there is none, the fires of the signal with this id. */
  id?: string;
  /**
   * `open`: no outcome yet. `never-executed`: fires that were commanded and not executed. `orphans`: fires whose
   * signal is not known, executions without a fire, outcomes without anything. `duplicates`: a hop came more than
   * once, the signal's too. `expired`: the signal expired before it was fired, or before that fire was executed.
   * Default: all.
   */
  state?: LifecycleState;
  /** Unix seconds: lives whose first event the bus got then or later. */
  since?: number;
  /** Only lives whose `first_seq` is below: for the next page. */
  before?: number;
  /** Default 100. */
  limit?: number;
}

/** From one step of a fire to another. */
export const hopNames = ['to_fire_s', 'to_execute_s', 'to_confirm_s', 'to_outcome_s'] as const;
export type HopName = (typeof hopNames)[number];

/** The slowest are looked for among so many of the newest fires. */
export const slowAmong = 20_000;

/** From so many on, lives are not counted any further. */
export const lifeCount_max = 10_000;

/** A row of the view `lifecycle`: a fire, or a signal that nobody has fired. Times are Unix seconds. */
export interface Lifecycle {
  signal_id: string | null;
  fire_id: string | null;
  /** How far it has come. */
  state: 'signalled' | 'expired' | 'fired' | 'executed' | 'confirmed' | 'closed';
  /** Hops that should have come before the last one that did: `signal,fire,execution,confirmation`; null for none. */
  missing: string | null;
  pattern: string | null;
  symbol: string | null;
  direction: string | null;
  confidence: number | null;
  user_id: string | null;
  ticket: number | null;
  /** When each hop was first, by the event's own time. */
  signal_at: number | null;
  fired_at: number | null;
  executed_at: number | null;
  confirmed_at: number | null;
  outcome_at: number | null;
  expired_at: number | null;
  signal_outcome_at: number | null;
  /** From the signal to the fire, from there to the execution, and from the execution to the other two. */
  to_fire_s: number | null;
  to_execute_s: number | null;
  to_confirm_s: number | null;
  to_outcome_s: number | null;
  outcome: string | null;
  /** 1 won, 0 lost, null neither or not known. */
  won: number | null;
  profit: number | null;
  pips: number | null;
  /** What the tracker said of the signal, whoever fired it. */
  signal_outcome: string | null;
  signal_won: number | null;
  signal_pips: number | null;
  /** How often each hop came. */
  signal_count: number;
  fired_count: number;
  executed_count: number;
  confirmed_count: number;
  outcome_count: number;
  expired_count: number;
  signal_outcome_count: number;
  /** The event that was the first of each hop. */
  signal_seq: number | null;
  fired_seq: number | null;
  executed_seq: number | null;
  confirmed_seq: number | null;
  outcome_seq: number | null;
  expired_seq: number | null;
  signal_outcome_seq: number | null;
  /** The event that first named it. */
  first_seq: number;
}

/** A row of the view `pattern_stats`. Rates are 0 to 1, means are seconds; null where there is nothing to divide by. */
export interface PatternStats {
  /** Null for those without a pattern, and fires whose signal is not known. */
  pattern: string | null;
  signals: number;
  /** Signals that were fired, once or more. */
  fired: number;
  fires: number;
  executed: number;
  confirmed: number;
  /** Fires that have an outcome. */
  closed: number;
  /** By `signal_outcome`. */
  wins: number;
  losses: number;
  win_rate: number | null;
  /** By `trade_outcome`. */
  trade_wins: number;
  trade_losses: number;
  trade_win_rate: number | null;
  to_fire_s: number | null;
  to_execute_s: number | null;
  to_confirm_s: number | null;
  to_outcome_s: number | null;
}
