import type { Envelope } from '@bitten/schema';
import type { Schedule } from './schedule.js';
import type { Condition } from './when.js';

/** An event with its place in the log, as a reader gets it. */
export interface SeenEvent extends Envelope {
  seq: number;
  /** When the bus appended it, Unix seconds. */
  appended_at: number;
}

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** One rule of a rule file, checked, with every default filled in. All durations are seconds. */
export interface Rule {
  /** Unique within its file; part of the identity of its alerts. */
  name: string;
  /** What it means that this rule fires, for whoever is woken by it. */
  description: string | null;
  severity: Severity;
  when: Condition;
  /** An expression: each of its values is watched for itself. Null watches all as one. */
  per: string | null;
  /** Holds only at these times; null is always. */
  during: Schedule | null;
  /** How long the condition has to hold before the alert fires. */
  for_s: number;
  /** How long after an alert the same rule and key stay quiet; what they suppress is counted. */
  cooldown_s: number;
  /** With expressions in `{{…}}`; null for one made from the condition. */
  message: string | null;
  /** The channels that hear of it; null for all. */
  notify: readonly string[] | null;
}

/**
 * What the engine has to say: something `happened`, or a condition began (`firing`) or ended (`resolved`).
 * The `id` follows from the rule, the key and the event or time that began it: the same history gives the same ids.
 */
export interface Alert {
  id: string;
  rule: string;
  severity: Severity;
  state: 'happened' | 'firing' | 'resolved';
  /** The value of the rule's `per`; the fire's id of a lifecycle rule; empty where all is watched as one. */
  key: string;
  message: string;
  /** Unix seconds: when it was said, and since when the condition holds. */
  at: number;
  since: number;
  /** What was compared: a count, a value, seconds; null where nothing was. */
  value: number | null;
  /** The event that brought it about; null where it was time that passed. */
  seq: number | null;
  correlation_id: string | null;
  /** How many alerts of this rule and key the cooldown has kept back since the last one. */
  suppressed: number;
}
