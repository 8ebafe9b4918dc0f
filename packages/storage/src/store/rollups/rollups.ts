/** What signals of a stretch of time have come to, by pattern. */
export interface SignalCounts {
  /** Null for signals that name none. */
  pattern: string | null;
  signals: number;
  /** Mean of those that told one; null where none did. */
  confidence: number | null;
  /** By `signal_outcome`. */
  wins: number;
  losses: number;
}

/** The same by the hour of the day (UTC) they came in. */
export interface HourCounts {
  /** 0 to 23. */
  hour: number;
  signals: number;
  wins: number;
  losses: number;
}

export interface SignalStats {
  /** Most signals first. */
  patterns: SignalCounts[];
  /** Hours with signals, in order. */
  hours: HourCounts[];
}

/** What fires of a stretch of time have come to, by symbol. */
export interface SymbolStats {
  symbol: string;
  fires: number;
  executed: number;
  /** With a `trade_outcome`. */
  closed: number;
  wins: number;
  losses: number;
  /** Sum of what outcomes told; null where none did. */
  profit: number | null;
}

/** Events by type over time. */
export interface VolumeStats {
  step_s: number;
  /** Unix seconds: where each step begins. */
  at: number[];
  /** As long as `at`, by event type, most events first. */
  series: Record<string, number[]>;
}

export interface VolumeQuery {
  /** Unix seconds of the events' own time; a step that either end lies in is counted whole. */
  from: number;
  to: number;
  /** A multiple of 3,600; default an hour, or as many as keep the steps below 1,000. */
  step_s?: number;
}
