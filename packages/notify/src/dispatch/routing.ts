import type { Alert, ChannelRule, Rule, Severity } from '@bitten/alerts';
import type { Route } from '../book/types.js';

const order: readonly Severity[] = ['info', 'warning', 'critical'];

/** Who is to be told of an alert: the channels its rule names, or all, as far as they want to hear of it. */
export function routesOf(alert: Alert, rule: Rule | undefined, channels: readonly ChannelRule[]): Route[] {
  const named = rule?.notify ?? null;
  return channels
    .filter(({ name }) => named === null || named.includes(name))
    .filter(({ severity }) => order.indexOf(alert.severity) >= order.indexOf(severity))
    .filter(({ resolved }) => resolved || alert.state !== 'resolved')
    .map((channel) => ({ channel: channel.name, ...groupOf(alert, channel) }));
}

function groupOf(alert: Alert, { group }: ChannelRule): Pick<Route, 'group_key' | 'wait_s'> {
  switch (group.by) {
    case 'rule':
      return { group_key: alert.rule, wait_s: group.wait_s };
    case 'severity':
      return { group_key: alert.severity, wait_s: group.wait_s };
    case 'all':
      return { group_key: '', wait_s: group.wait_s };
    case 'none':
      return { group_key: alert.id, wait_s: 0 };
  }
}
