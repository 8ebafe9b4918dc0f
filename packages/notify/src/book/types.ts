import type { Alert, ChannelKind, EngineState, Severity } from '@bitten/alerts';

/** Where the engine stands: everything before `next` of the log has been held against the rules. */
export interface Checkpoint {
  log_id: string;
  next: number;
  engine: EngineState;
}

/** How one channel is told of an alert: by which key it is put together with others, and how long the first waits. */
export interface Route {
  channel: string;
  group_key: string;
  wait_s: number;
}

export type DeliveryState = 'waiting' | 'delivered' | 'given_up' | 'silenced';

/** What became of an alert at one channel. */
export interface Delivery {
  channel: string;
  state: DeliveryState;
  attempts: number;
  /** Unix seconds of the last attempt; null before the first. */
  at: number | null;
  error: string | null;
}

export interface Acknowledgement {
  at: number;
  by: string | null;
  note: string | null;
}

/** An alert as it is kept. */
export interface RecordedAlert extends Alert {
  /** The order in which alerts were recorded. */
  no: number;
  recorded_at: number;
  /** A condition that still holds, or something that happened and that nobody has acknowledged within a day. */
  is_open: boolean;
  acknowledged: Acknowledgement | null;
  silenced_by: number | null;
  deliveries: Delivery[];
}

/** Keeps alerts from being delivered, not from being recorded. Times are Unix seconds. */
export interface Silence {
  id: number;
  /** Null for all rules. */
  rule: string | null;
  /** Null for all keys. */
  key: string | null;
  from: number;
  until: number;
  reason: string;
  by: string | null;
}

/** What waits to be sent as one notification. */
export interface PendingGroup {
  /** The same at each attempt, and no other's. */
  id: string;
  channel: string;
  group_key: string;
  /** Unix seconds: not before then. */
  due_at: number;
  /** Unix seconds of the first attempt; null before it. */
  first_at: number | null;
  attempts: number;
  /** The deliveries it is made of, and their alerts, in order. */
  deliveries: number[];
  alerts: RecordedAlert[];
}

export interface ChannelCounts {
  channel: string;
  waiting: number;
  delivered: number;
  given_up: number;
  last_error: string | null;
}

/** A rule as it is shown. */
export interface RuleSummary {
  name: string;
  description: string | null;
  severity: Severity;
  condition: string;
  channels: string[];
}

/** What the process that runs the rules tells of itself. */
export interface WatchStatus {
  /** Unix seconds: when it last said so. */
  at: number;
  pid: number;
  rules: RuleSummary[];
  channels: Array<{ name: string; kind: ChannelKind }>;
  /** What is wrong with the rule file, where the rules in use are older than it. */
  rules_problem: string | null;
}
