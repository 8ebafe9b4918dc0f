import type { ChannelCounts } from '@bitten/notify';
import type { MetricFamily } from '@bitten/runtime';

/** All that `/metrics` of the alerts is read from. */
interface AlertsFacts {
  starts: number;
  recorded: number;
  open: number;
  critical: number;
  lag: number;
  rules: number;
  isRulesProblem: boolean;
  silences: number;
  channels: readonly ChannelCounts[];
}

type Family = MetricFamily<AlertsFacts>;

export const alertsFamilies: readonly Family[] = [
  counter('starts', 'Starts of the alerts on this data folder.', ({ starts }) => starts),
  counter('recorded', 'Alerts recorded since the start.', ({ recorded }) => recorded),
  {
    ...counter('delivered', 'Alerts that channels have taken.', ({ channels }) => by(channels, 'delivered')),
    labels: ['channel'],
  },
  {
    ...counter('given_up', 'Alerts that channels have not taken.', ({ channels }) =>
      by(channels, 'given_up'),
    ),
    labels: ['channel'],
  },
  {
    ...gauge('waiting', 'Alerts that wait to be delivered.', ({ channels }) => by(channels, 'waiting')),
    labels: ['channel'],
  },
  gauge('open', 'Alerts that are open.', ({ open }) => open),
  gauge('open_critical', 'Critical alerts that are open.', ({ critical }) => critical),
  gauge('silences', 'Silences that are not over.', ({ silences }) => silences),
  gauge('rules', 'Rules in use.', ({ rules }) => rules),
  gauge('rules_problem', '1 while the rule file is wrong and older rules are in use.', (facts) =>
    facts.isRulesProblem ? 1 : 0,
  ),
  gauge(
    'lag',
    'Events of the log that have not been looked at, by what the bus said last.',
    ({ lag }) => lag,
  ),
];

function counter(name: string, help: string, read: Family['read']): Family {
  return { type: 'counter', name: `bitten_alerts_${name}_total`, help, read };
}

function gauge(name: string, help: string, read: Family['read']): Family {
  return { type: 'gauge', name: `bitten_alerts_${name}`, help, read };
}

function by(channels: readonly ChannelCounts[], what: 'delivered' | 'given_up' | 'waiting') {
  return channels.map((counts) => ({ labels: { channel: counts.channel }, value: counts[what] }));
}
