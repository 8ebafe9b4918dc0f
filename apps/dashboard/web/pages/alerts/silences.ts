import type { AlertRow, Silence } from '../../../src/api/alerts.js';

/** How long a silence may last, to choose from; a longer one is written as an instant. */
export const spells = [
  { seconds: 900, name: '15 minutes' },
  { seconds: 3_600, name: 'one hour' },
  { seconds: 14_400, name: '4 hours' },
  { seconds: 43_200, name: '12 hours' },
  { seconds: 86_400, name: 'one day' },
  { seconds: 259_200, name: 'three days' },
  { seconds: 604_800, name: 'a week' },
] as const;

/** What somebody has chosen, before it is sent. */
export interface SilenceDraft {
  /** Empty for all rules, all keys. */
  rule: string;
  key: string;
  seconds: number;
  reason: string;
}

/** What is wrong with a draft, in a sentence; null where nothing is. */
export function problemOf({ rule, key, seconds, reason }: SilenceDraft): string | null {
  if (rule === '' && key.trim() === '')
    return 'Name a rule or a key: a silence for everything would hide what matters.';
  if (reason.trim() === '') return 'Say why: whoever wonders later why nothing came has only this.';
  return seconds > 0 ? null : 'Say for how long.';
}

/** The body of `POST /api/silences`. */
export function silenceOf({ rule, key, seconds, reason }: SilenceDraft, now: number) {
  return {
    rule: rule === '' ? null : rule,
    key: key.trim() === '' ? null : key.trim(),
    from: now,
    until: now + seconds,
    reason: reason.trim(),
  };
}

export type SilencePhase = 'in force' | 'to come' | 'over';

export function phaseOf({ from, until }: Pick<Silence, 'from' | 'until'>, now: number): SilencePhase {
  if (until <= now) return 'over';
  return from > now ? 'to come' : 'in force';
}

/** In force first, and there the one that ends first. */
export function inOrder(silences: readonly Silence[], now: number): Silence[] {
  const places: Readonly<Record<SilencePhase, number>> = { 'in force': 0, 'to come': 1, over: 2 };
  return [...silences].sort(
    (a, b) => places[phaseOf(a, now)] - places[phaseOf(b, now)] || a.until - b.until || a.id - b.id,
  );
}

/** What a silence is for, in words. */
export function sayScope({ rule, key }: Pick<Silence, 'rule' | 'key'>): string {
  if (rule !== null && key !== null) return `${rule}, ${key} alone`;
  if (rule !== null) return rule;
  return key === null ? 'everything' : `${key}, whatever the rule`;
}

/** Whether an alert of now would be kept from being delivered. */
export function silenceFor(
  { rule, key }: Pick<AlertRow, 'rule' | 'key'>,
  silences: readonly Silence[],
  now: number,
): Silence | undefined {
  return silences.find(
    (silence) =>
      phaseOf(silence, now) === 'in force' &&
      (silence.rule === null || silence.rule === rule) &&
      (silence.key === null || silence.key === key),
  );
}
