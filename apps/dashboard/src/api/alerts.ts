/** `GET /api/alerts?before=&limit=` (of the history; 50, at most 500), and the event `alerts` of the stream when it changes. */
export interface AlertsPage {
  /** Whether the alerts run now. */
  running: boolean;
  rules: AlertRule[];
  /** What is wrong with the rule file since it was read last; null where nothing is. */
  rules_problem: string | null;
  open: AlertRow[];
  history: AlertRow[];
  next: string | null;
  silences: Silence[];
  channels: ChannelState[];
}

export interface AlertRule {
  name: string;
  description: string | null;
  severity: 'info' | 'warning' | 'critical';
  /** The condition in words. */
  condition: string;
  channels: string[];
  /** Now firing. */
  firing: number;
}

/** Also `GET /api/alerts/:id`, however old it is. */
export interface AlertRow {
  id: string;
  rule: string;
  severity: 'info' | 'warning' | 'critical';
  state: 'happened' | 'firing' | 'resolved';
  key: string;
  message: string;
  at: number;
  since: number;
  value: number | null;
  seq: number | null;
  correlation_id: string | null;
  suppressed: number;
  acknowledged: { at: number; by: string | null; note: string | null } | null;
  /** The silence that kept it from being delivered. */
  silenced_by: number | null;
  deliveries: Array<{
    channel: string;
    state: 'waiting' | 'delivered' | 'given_up' | 'silenced';
    attempts: number;
    at: number | null;
    error: string | null;
  }>;
}

/** `POST /api/silences` (without `id`; `from` and `by` may be left out); `DELETE /api/silences/:id` ends one. */
export interface Silence {
  id: number;
  /** A rule's name; null for all. */
  rule: string | null;
  /** A key; null for all. */
  key: string | null;
  from: number;
  until: number;
  reason: string;
  by: string | null;
}

export interface ChannelState {
  name: string;
  kind: string;
  waiting: number;
  delivered: number;
  given_up: number;
  last_error: string | null;
}

/** `POST /api/alerts/acknowledge`; answered with the alert. */
export interface Acknowledge {
  id: string;
  by?: string;
  note?: string;
}
