import type { ChannelCounts, RecordedAlert, WatchStatus } from '@bitten/notify';
import type { AlertRow, AlertRule, ChannelState } from '../api/index.js';

/** An alert as a list shows it. */
export function rowOf(alert: RecordedAlert): AlertRow {
  const { id, rule, severity, state, key, message, at, since, value, seq, correlation_id, suppressed } =
    alert;
  const { acknowledged, silenced_by, deliveries } = alert;
  const said = { id, rule, severity, state, key, message, at, since, value, seq, correlation_id, suppressed };
  return { ...said, acknowledged, silenced_by, deliveries: deliveries.map((delivery) => ({ ...delivery })) };
}

/** The rules in use, and how often each fires now. */
export function ruleRowsOf(rules: WatchStatus['rules'], open: readonly RecordedAlert[]): AlertRule[] {
  const firing = new Map<string, number>();
  for (const { rule, state } of open) {
    if (state === 'firing') firing.set(rule, (firing.get(rule) ?? 0) + 1);
  }
  return rules.map((rule) => ({ ...rule, firing: firing.get(rule.name) ?? 0 }));
}

/** What a channel is called that a rule file no longer names, and that has something left to be told. */
const gone = 'no longer there';

/** Every channel of the rule file, and those before it that something still waits for. */
export function channelStatesOf(
  channels: WatchStatus['channels'],
  counts: readonly ChannelCounts[],
): ChannelState[] {
  const counted = new Map(counts.map((each) => [each.channel, each]));
  const known = channels.map(({ name, kind }) => stateOf(name, kind, counted.get(name)));
  const names = new Set(channels.map(({ name }) => name));
  const left = counts.filter(({ channel, waiting }) => waiting > 0 && !names.has(channel));
  return [...known, ...left.map((each) => stateOf(each.channel, gone, each))];
}

function stateOf(name: string, kind: string, counts: ChannelCounts | undefined): ChannelState {
  const { waiting = 0, delivered = 0, given_up = 0, last_error = null } = counts ?? {};
  return { name, kind, waiting, delivered, given_up, last_error };
}
