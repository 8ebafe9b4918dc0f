import type * as v from 'valibot';
import { type Accepts, compile } from './check/compile.js';
import { checkClass, type EventClass, type Expiry, type Overload } from './define-class.js';
import type { Envelope } from './envelope.js';
import { BadDefinitionError } from './errors.js';
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
export interface EventDefinition<Type extends string = string, Schema extends DataSchema = DataSchema>
  extends EventClass {
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

/** What `defineEvent` takes. */
export interface EventOptions<Type extends string, Schema extends DataSchema> {
  /** 1 to 100 characters; snake_case, as those of BITTEN. */
  type: Type;
  /** What the event says, in one sentence for people. */
  description: string;
  data: Schema;
  /**
   * The fields of `data` that name what the event is the newest value of: `['symbol']`. The bus keeps the last
   * value of each key for the types it knows. Default: none.
   */
  key?: readonly (keyof Schema['entries'] & string)[] | undefined;
  /**
   * What a publisher may do with the event when its buffer is full: `keep` it (the default), or `conflate` it, which
   * keeps the newest of each key only and needs a `key`.
   */
  overload?: Overload | undefined;
  /** When nobody should act on the event any more. Default: never. */
  expires?: Expiry<keyof Schema['entries'] & string> | undefined;
}

/**
 * Defines an event type. Rules only check: a transformation or default in the schema has no effect, because
 * events are stored as they came. Throws `BadDefinitionError` for a name that no event could carry, and for a class
 * that makes no sense: a key or an expiry by a field that the rules do not have, conflation without a key.
 */
export function defineEvent<const Type extends string, const Schema extends DataSchema>(
  definition: EventOptions<Type, Schema>,
): EventDefinition<Type, Schema> {
  const { type, description, data } = definition;
  if (type === '' || type.length > limits.event_type_length_max) {
    throw new BadDefinitionError('an event type needs a name that events can carry', {
      found: `a name of ${type.length} characters`,
      expected: `1 to ${limits.event_type_length_max} characters`,
      remedy: 'give the type a short snake_case name such as price_alert',
    });
  }
  const eventClass = checkClass(type, data.entries, definition);
  return Object.freeze({ type, description, data, accepts: compile(data), ...eventClass });
}
