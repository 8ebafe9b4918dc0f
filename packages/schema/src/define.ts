import type * as v from 'valibot';
import { type Accepts, compile } from './check/compile.js';
import type { Envelope } from './envelope.js';
import { BittenError } from './errors.js';
import { limits } from './limits.js';

/**
 * What the rules of an event's `data` are made of: `v.looseObject({…})`, so that unknown fields are kept; or one
 * in a `v.pipe` with checks that look at several fields.
 */
export type DataSchema = v.GenericSchema<Record<string, unknown>> & {
  readonly type: 'loose_object';
  readonly entries: v.ObjectEntries;
};

/** One event type: its name, what it is for, and the rules of its `data`. Made by `defineEvent`. */
export interface EventDefinition<Type extends string = string, Schema extends DataSchema = DataSchema> {
  readonly type: Type;
  /** What the event says, in one sentence for people. */
  readonly description: string;
  readonly data: Schema;
  /** Whether `data` obeys the rules: the fast answer, made from `data`. Never throws. */
  readonly accepts: Accepts;
}

/** The type of `data` for a definition: `DataOf<typeof priceAlert>`. */
export type DataOf<Definition extends EventDefinition> = v.InferInput<Definition['data']>;

/** The type of the whole event for a definition. */
export type EventOf<Definition extends EventDefinition> = Envelope<DataOf<Definition>> & {
  event_type: Definition['type'];
};

/**
 * Defines an event type. Rules only check: a transformation or default in the schema has no effect, because
 * events are stored as they came. Throws `BadDefinitionError` for a name that no event could carry.
 */
export function defineEvent<const Type extends string, const Schema extends DataSchema>(definition: {
  type: Type;
  description: string;
  data: Schema;
}): EventDefinition<Type, Schema> {
  const { type, description, data } = definition;
  if (type === '' || type.length > limits.event_type_length_max) {
    throw new BadDefinitionError(type);
  }
  return Object.freeze({ type, description, data, accepts: compile(data) });
}

/** An event type was defined under a name that is empty or too long. */
export class BadDefinitionError extends BittenError {
  constructor(type: string) {
    super('bad_definition', 'an event type needs a name that events can carry', {
      found: `a name of ${type.length} characters`,
      expected: `1 to ${limits.event_type_length_max} characters`,
      remedy: 'give the type a short snake_case name such as price_alert',
    });
  }
}
