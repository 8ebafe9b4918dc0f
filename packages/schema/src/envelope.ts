import * as v from 'valibot';
import { compile } from './check/compile.js';
import { showFound } from './check/found.js';
import type { Issue } from './errors.js';
import { anyObject, integerFrom, optional, text, unixTime } from './events/fields.js';
import { limits } from './limits.js';
import { isReplayed } from './replay-mark.js';

/**
 * What travels: one event. The seven fields are those of the running system's wire; fields that are not named
 * here are kept as they came.
 */
export interface Envelope<Data = Record<string, unknown>> {
  /** `signal_generated`, `fire_command`, …; at most 100 characters. */
  event_type: string;
  /** When it happened: Unix seconds with fraction, > 0. */
  timestamp: number;
  /** Which component says so; at most 100 characters. */
  source: string;
  data: Data;
  /** What belongs together carries the same: the signal's or the fire's id; at most 200 characters. */
  correlation_id?: string | null;
  /** At most 50 characters. */
  user_id?: string | null;
  /** At most 100 characters. */
  session_id?: string | null;
  /** How many earlier values of the same key it stands for beside itself, which its publisher had no room for. */
  conflated?: number | null;
}

/** The rules of the envelope, the same for every type. */
export const envelopeSchema = v.looseObject({
  event_type: text(limits.event_type_length_max, 'What happened: the name of the type.'),
  timestamp: unixTime('When it happened.'),
  source: text(limits.source_length_max, 'Which component says so.'),
  data: anyObject('What there is to say; the rules of the type apply.'),
  correlation_id: optional(
    text(
      limits.correlation_id_length_max,
      "What belongs together carries the same: the signal's or the fire's id.",
    ),
  ),
  user_id: optional(text(limits.user_id_length_max, 'The user it concerns.')),
  session_id: optional(text(limits.session_id_length_max, "The user's session.")),
  conflated: optional(
    integerFrom(1, 'How many earlier values of its key it stands for: the publisher had no room for them.'),
  ),
});

const acceptsFields = compile(envelopeSchema);

/** Whether a value obeys the rules of the envelope; its `data` may still break those of its type. */
export function isEnvelope(value: unknown): value is Envelope {
  return acceptsFields(value) && !isReplayed(value);
}

const texts = ['event_type', 'source', 'correlation_id', 'user_id', 'session_id'] as const;
const halfPair = /\p{Cs}/u;

/**
 * The texts of a valid envelope that are no Unicode: with half of a surrogate pair a name can stand in JSON, as an
 * escape, but neither in a topic nor in a column of the store, and would be another name there.
 */
export function surrogateIssues(event: Envelope): Issue[] {
  const issues: Issue[] = [];
  for (const field of texts) {
    const value = event[field];
    if (typeof value !== 'string' || !halfPair.test(value)) continue;
    const expected = 'Unicode text, without half of a surrogate pair';
    issues.push({ path: field, code: 'format', found: showFound(value), expected });
  }
  return issues;
}
