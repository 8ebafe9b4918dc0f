/** `GET /api/analytics?from=&to=`: all of it from rollups, whatever the store holds. Times are Unix seconds. */
export interface Analytics {
  from: number;
  to: number;
  patterns: PatternRow[];
  sessions: SessionRow[];
  symbols: SymbolRow[];
  volume: Volume;
  components: ComponentHealth[];
}

export interface PatternRow {
  pattern: string;
  signals: number;
  /** Mean; null where none told one. */
  confidence: number | null;
  wins: number;
  losses: number;
  /** 0 to 1; null where nothing has an outcome. */
  win_rate: number | null;
}

/** By the hour (UTC) the signal came in: Asia 22 to 7, London 7 to 13, New York 13 to 22. */
export interface SessionRow {
  session: 'asia' | 'london' | 'new_york';
  signals: number;
  wins: number;
  losses: number;
  win_rate: number | null;
}

export interface SymbolRow {
  symbol: string;
  fires: number;
  executed: number;
  closed: number;
  wins: number;
  losses: number;
  /** Sum of what outcomes told; null where none did. */
  profit: number | null;
}

export interface Volume {
  /** A multiple of an hour. */
  step_s: number;
  at: number[];
  series: Record<string, number[]>;
}

export interface ComponentHealth {
  component: string;
  /** How often it said each status in the time asked for. */
  statuses: Record<string, number>;
  last_status: string;
  last_at: number;
}

/** `GET /api/equity?from=&to=&points=`: the balance and equity of each account at equally spaced times. */
export interface Equity {
  at: number[];
  accounts: Array<{
    account_number: string;
    user_id: string | null;
    balance: Array<number | null>;
    equity: Array<number | null>;
  }>;
  /** Accounts beyond those drawn (the 20 that changed last). */
  more: number;
}
