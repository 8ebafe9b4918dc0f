import * as v from 'valibot';
import { defineEvent } from '../define.js';
import { integerFrom, oneOf, optional, text } from './fields.js';

const actions = ['retried', 'corrected', 'discarded'] as const;

/**
 * What was refused stays in the dead-letter log as it came; what became of it is an event like any other: durable,
 * in the store, seen by subscribers, and there again after a rebuild.
 */
export const deadLetterResolved = defineEvent({
  type: 'dead_letter_resolved',
  description: 'A dead letter has been dealt with.',
  data: v.looseObject({
    dead_letter: integerFrom(1, 'Its place in the dead-letter log.'),
    action: oneOf(actions, 'What became of it: published as it was, published corrected, or given up.'),
    seq: optional(integerFrom(1, 'The event it became.')),
    reason: optional(text(500, 'Why, in words.')),
    by: optional(text(100, 'Who decided.')),
  }),
});
