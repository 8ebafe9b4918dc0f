import type { Alert, Severity } from '@bitten/alerts';
import type { PendingGroup, RecordedAlert } from '../book/types.js';

/** One step of what a signal went through. */
export interface ChainStep {
  /** `signal`, `fire`, `executed`, `confirmed`, `outcome`. */
  step: string;
  /** Unix seconds; null where it has not come. */
  at: number | null;
  /** What there is to say of it: a pattern, a ticket, a profit. */
  what: string | null;
}

/** An alert as it is told. */
export interface NotifiedAlert extends Alert {
  /** What its signal or fire went through, as far as the store knows; empty where it is about neither. */
  chain: ChainStep[];
  /** Where to look at it. */
  link: string;
}

/** What is sent: one alert, or several of a group. */
export interface Notification {
  /** The same at each attempt, so that who gets it twice knows. */
  id: string;
  channel: string;
  /** Of the worst of them. */
  severity: Severity;
  /** In one line. */
  title: string;
  alerts: NotifiedAlert[];
  /** Where to look at all of them. */
  link: string;
}

export interface NotificationParts {
  /** `http://127.0.0.1:5580`. */
  dashboardUrl: string;
  chainOf: (alert: RecordedAlert) => ChainStep[];
}

const order: readonly Severity[] = ['info', 'warning', 'critical'];

/** Makes a notification of what waits. */
export function notificationOf(
  group: PendingGroup,
  { dashboardUrl, chainOf }: NotificationParts,
): Notification {
  const base = `${dashboardUrl.replace(/\/+$/, '')}/#/alerts`;
  const alerts = group.alerts.map((recorded): NotifiedAlert => {
    const { id, rule, severity, state, key, message, at, since, value, seq, correlation_id, suppressed } =
      recorded;
    const told = {
      id,
      rule,
      severity,
      state,
      key,
      message,
      at,
      since,
      value,
      seq,
      correlation_id,
      suppressed,
    };
    return { ...told, chain: chainOf(recorded), link: `${base}/${encodeURIComponent(id)}` };
  });
  const worst = alerts.reduce<Severity>(
    (a, { severity }) => (order.indexOf(severity) > order.indexOf(a) ? severity : a),
    'info',
  );
  const link = alerts.length === 1 ? alerts[0]!.link : base;
  return { id: group.id, channel: group.channel, severity: worst, title: titleOf(alerts), alerts, link };
}

function titleOf(alerts: readonly NotifiedAlert[]): string {
  const [first] = alerts;
  if (first === undefined) return 'nothing';
  if (alerts.length === 1) return `${first.severity}: ${first.message}`;
  const rules = [...new Set(alerts.map(({ rule }) => rule))];
  const named =
    rules.length <= 3 ? rules.join(', ') : `${rules.slice(0, 3).join(', ')} and ${rules.length - 3} more`;
  return `${alerts.length} alerts: ${named}`;
}
