import type { ChannelCounts, RecordedAlert, Silence } from '@bitten/notify';
import { amount } from '../show/amount.js';
import { renderTable } from '../show/table.js';
import { type Colors, harmless, widthOf } from '../show/terminal.js';
import { formatTime } from '../time.js';

/** How an alert stands, in the words of its state and of what people did with it. */
function standingOf({ is_open, acknowledged, silenced_by }: RecordedAlert): string {
  const words = [is_open ? 'open' : 'over'];
  if (acknowledged !== null) words.push('acknowledged');
  if (silenced_by !== null) words.push('silenced');
  return words.join(', ');
}

export function alertTable(alerts: readonly RecordedAlert[], now: number): string {
  const rows = alerts.map((alert) => [
    formatTime(alert.at, now),
    alert.state === 'resolved' ? 'resolved' : alert.severity,
    standingOf(alert),
    harmless(alert.message),
    harmless(alert.id),
  ]);
  const head = ['time', 'severity', 'standing', 'message', 'id'];
  return renderTable({ head, rows, width: widthOf(process.stdout) });
}

/** One alert whole: what it says, who has taken it up, and who was told. */
export function alertText(alert: RecordedAlert, colors: Colors, now: number): string {
  const { acknowledged, correlation_id, seq, value } = alert;
  const line = (name: string, text: string) => `${colors.dim(name.padEnd(14))}${harmless(text)}`;
  const lines = [
    line('id', alert.id),
    line('rule', alert.rule),
    line('severity', alert.severity),
    line('state', `${alert.state} (${standingOf(alert)})`),
    line('message', alert.message),
    line('at', formatTime(alert.at, now)),
    line('since', formatTime(alert.since, now)),
  ];
  if (alert.key !== '') lines.push(line('key', alert.key));
  if (value !== null) lines.push(line('value', String(value)));
  if (seq !== null) lines.push(line('seq', String(seq)));
  if (correlation_id !== null) lines.push(line('correlation', correlation_id));
  if (acknowledged !== null) {
    const { by, note, at } = acknowledged;
    const parts = [formatTime(at, now), by === null ? '' : `by ${by}`, note ?? ''];
    lines.push(line('acknowledged', parts.filter((part) => part !== '').join(', ')));
  }
  for (const { channel, state, attempts, error } of alert.deliveries) {
    const why = error === null ? '' : `: ${error}`;
    lines.push(line(`to ${channel}`, `${state} after ${attempts} attempt${attempts === 1 ? '' : 's'}${why}`));
  }
  return lines.join('\n');
}

export function silenceTable(silences: readonly Silence[], now: number): string {
  const rows = silences.map(({ id, rule, key, from, until, reason, by }) => [
    String(id),
    rule ?? 'all',
    harmless(key ?? 'all'),
    formatTime(from, now),
    formatTime(until, now),
    harmless(reason),
    harmless(by ?? ''),
  ]);
  const head = ['id', 'rule', 'key', 'from', 'until', 'reason', 'by'];
  return renderTable({ head, rows, width: widthOf(process.stdout) });
}

/** A channel, by what it has done. */
export type ChannelRow = ChannelCounts & { kind: string | null };

export function channelTable(channels: readonly ChannelRow[]): string {
  const rows = channels.map(({ channel, kind, waiting, delivered, given_up, last_error }) => [
    channel,
    kind ?? 'not in the file',
    amount(waiting),
    amount(delivered),
    amount(given_up),
    harmless(last_error ?? ''),
  ]);
  const head = ['channel', 'kind', 'waiting', 'delivered', 'given up', 'last error'];
  const right = ['waiting', 'delivered', 'given up'];
  return renderTable({ head, rows, width: widthOf(process.stdout), right });
}
