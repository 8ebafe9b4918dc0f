import { randomUUID } from 'node:crypto';
import { readRuleFile } from '@bitten/alerts';
import { makeChannel, type Notification, type NotifiedAlert } from '@bitten/notify';
import { UsageError } from '@bitten/runtime';
import { ruleText } from './rule-text.js';

const attempt_ms = 10_000;

/**
 * Sends one notification to a channel, now and once: whether it can be reached is to be known before the night. Throws
 * `UsageError`, `RuleFileError` and `DeliveryError`.
 */
export async function sendTest(name: string, file: string, signal: AbortSignal): Promise<void> {
  const { channels } = readRuleFile(ruleText(file), file, process.env);
  const rule = channels.find((channel) => channel.name === name);
  if (rule === undefined) {
    const known = channels.length === 0 ? 'no channels' : channels.map((channel) => channel.name).join(', ');
    throw new UsageError(`${file} has no channel ${name}`, `it has ${known}`);
  }
  const writeLog = (notification: Notification) => process.stdout.write(`${JSON.stringify(notification)}\n`);
  const notification = trial(name, Date.now() / 1000);
  await makeChannel(rule, { writeLog }).send(notification, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(attempt_ms)]),
  });
  process.stderr.write(`${name}: the other side has taken notification ${notification.id}\n`);
}

function trial(channel: string, at: number): Notification {
  const link = 'http://127.0.0.1:5580/#/alerts';
  const message = 'a trial: nothing is wrong';
  const alert: NotifiedAlert = {
    id: 'trial',
    rule: 'trial',
    severity: 'info',
    state: 'happened',
    key: '',
    message,
    at,
    since: at,
    value: null,
    seq: null,
    correlation_id: null,
    suppressed: 0,
    chain: [],
    link,
  };
  return { id: `trial-${randomUUID()}`, channel, severity: 'info', title: message, alerts: [alert], link };
}
