import type { ChainStep, Notification, NotifiedAlert } from './notification.js';

/**
 * Control characters end lines, ring bells and colour terminals, others turn the direction of what follows; a message is
 * one line of text.
 */
const control = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** What somebody else has written, on one line and no longer than it may be. */
export function oneLine(text: string, length_max = 500): string {
  const line = text.replaceAll(control, ' ');
  return line.length <= length_max ? line : `${cut(line, length_max - 1)}…`;
}

/** The beginning of a text. Half of a pair is no Unicode, and who gets it refuses the whole notification. */
function cut(text: string, length_max: number): string {
  return text.slice(0, length_max).replace(/[\ud800-\udbff]$/, '');
}

/** `2026-01-05 14:32:07 UTC`. */
function utc(time: number): string {
  const date = new Date(time * 1000);
  return Number.isNaN(date.getTime())
    ? String(time)
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** How the alert stands, in a word a person reads first. */
function stateWord({ state, severity }: Pick<NotifiedAlert, 'state' | 'severity'>): string {
  return state === 'resolved' ? 'RESOLVED' : severity.toUpperCase();
}

/** `signal 14:05:00 → fire 14:06:00 (+60 s) → executed: not yet`. */
export function chainLine(chain: readonly ChainStep[]): string | null {
  if (chain.length === 0) return null;
  let before: number | null = null;
  const steps = chain.map(({ step, at, what }) => {
    const about = what === null ? '' : ` (${oneLine(what, 80)})`;
    if (at === null) return `${step}: not yet`;
    const took = before === null ? '' : ` +${took_s(at - before)}`;
    before = at;
    return `${step} ${utc(at).slice(11, 19)}${took}${about}`;
  });
  return steps.join(' → ');
}

function took_s(seconds: number): string {
  return Math.abs(seconds) < 10 ? `${Math.round(seconds * 1000)} ms` : `${Math.round(seconds)} s`;
}

/** One alert in some lines; what others have written in it goes through `quoted`. */
export function alertLines(
  alert: NotifiedAlert,
  quoted: (text: string) => string = (text) => text,
): string[] {
  const { rule, key, message, since, correlation_id, suppressed, link } = alert;
  const chain = chainLine(alert.chain);
  return [
    `${stateWord(alert)} ${quoted(oneLine(message))}`,
    `rule ${rule}${key === '' ? '' : `, ${quoted(oneLine(key, 100))}`}, since ${utc(since)}`,
    ...(correlation_id === null ? [] : [`correlation ${quoted(oneLine(correlation_id, 200))}`]),
    ...(chain === null ? [] : [quoted(chain)]),
    ...(suppressed === 0 ? [] : [`${suppressed} more were kept back meanwhile`]),
    link,
  ];
}

/** The whole notification as plain text. */
export function plainText({ title, alerts, id }: Notification): string {
  const parts = alerts.map((alert) => alertLines(alert).join('\n'));
  const head = alerts.length === 1 ? [] : [oneLine(title)];
  return `${[...head, ...parts, `notification ${id}`].join('\n\n')}\n`;
}

/** Whole parts as far as they fit, and how many did not. */
export function fit(parts: readonly string[], length_max: number, separator = '\n\n'): string {
  const more = (n: number) => `… and ${n} more`;
  let text = '';
  for (const [i, part] of parts.entries()) {
    const next = text === '' ? part : `${text}${separator}${part}`;
    const isLast = i === parts.length - 1;
    if (next.length + (isLast ? 0 : separator.length + 24) > length_max) {
      const rest = parts.length - i;
      return text === ''
        ? `${cut(part, length_max - 26)} ${more(rest - 1)}`
        : `${text}${separator}${more(rest)}`;
    }
    text = next;
  }
  return text;
}
