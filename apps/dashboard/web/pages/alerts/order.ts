import type { AlertRow, AlertRule, AlertsPage } from '../../../src/api/alerts.js';

const weights: Readonly<Record<AlertRow['severity'], number>> = { critical: 0, warning: 1, info: 2 };

/** Open alerts as somebody who is woken wants them: nobody's first, then by severity, the newest first. */
export function inUrgency(alerts: readonly AlertRow[]): AlertRow[] {
  return [...alerts].sort(
    (a, b) =>
      Number(a.acknowledged !== null) - Number(b.acknowledged !== null) ||
      weights[a.severity] - weights[b.severity] ||
      b.at - a.at,
  );
}

/** Rules that fire first, then by severity and name. */
export function rulesInUrgency(rules: readonly AlertRule[]): AlertRule[] {
  return [...rules].sort(
    (a, b) =>
      Number(b.firing > 0) - Number(a.firing > 0) ||
      weights[a.severity] - weights[b.severity] ||
      (a.name < b.name ? -1 : 1),
  );
}

/** Firing, or over, in a word that a sign can stand beside. */
export function sayState(state: AlertRow['state']): string {
  return state === 'happened' ? 'happened once' : state;
}

/** What there is to see at a glance. */
export function headline({
  open,
  running,
  rules_problem,
}: Pick<AlertsPage, 'open' | 'running' | 'rules_problem'>): string {
  const unseen = open.filter(({ acknowledged }) => acknowledged === null).length;
  const parts = [
    open.length === 0 ? 'Nothing is open' : `${open.length} open, ${unseen} of them not acknowledged`,
    ...(running ? [] : ['nobody watches: the alerts do not run']),
    ...(rules_problem === null ? [] : ['the rule file has a mistake']),
  ];
  return `${parts.join('; ')}.`;
}

/** An alert by its id, among those that are on the page. */
export function findAlert(page: Pick<AlertsPage, 'open' | 'history'>, id: string): AlertRow | undefined {
  return page.open.find((alert) => alert.id === id) ?? page.history.find((alert) => alert.id === id);
}
