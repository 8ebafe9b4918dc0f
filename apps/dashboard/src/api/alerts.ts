import type { Alert } from '@bitten/alerts';
import type { Acknowledgement, Delivery, Silence } from '@bitten/notify';

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
export interface AlertRow extends Alert {
  acknowledged: Acknowledgement | null;
  /** The silence that kept it from being delivered. */
  silenced_by: number | null;
  deliveries: Delivery[];
}

/** `POST /api/silences` (without `id`; `from` and `by` may be left out); `DELETE /api/silences/:id` ends one. */
export type { Silence };

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
