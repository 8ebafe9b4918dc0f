import type { State } from '@bitten/storage/store';

export type { State };

/** `GET /api/history`: what the slider ranges over. */
export interface History {
  /** Unix seconds of the first and the last event; null while there is none. */
  from: number | null;
  to: number | null;
  /** Events in each of `counts.length` equal steps between the two, to draw under the slider. */
  counts: number[];
}

/** `GET /api/state/diff?from=&to=`: what is different at `to`. */
export interface StateDiff {
  from: number;
  to: number;
  accounts: Array<{
    account_number: string;
    user_id: string | null;
    balance: Change<number | null>;
    equity: Change<number | null>;
  }>;
  opened: State['open_trades'];
  closed: State['open_trades'];
  /** More trades were open than a state lists (500): of the oldest among them it is not told which were closed. */
  trades_cut: boolean;
  quotes: Array<{ symbol: string; bid: Change<number | null>; ask: Change<number | null> }>;
  components: Array<{ component: string; status: Change<string | null> }>;
  /** How many events of each type lie between the two. */
  events: Record<string, number>;
}

export interface Change<Value> {
  before: Value;
  after: Value;
}
