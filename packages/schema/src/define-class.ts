import { BadDefinitionError } from './errors.js';

/** What becomes of an event when there is no more room to keep it: see `EventOptions.overload`. */
export type Overload = 'keep' | 'conflate';

/**
 * When an event is no longer worth acting on: from the moment a field of its `data` names (Unix seconds), or so many
 * seconds after its `timestamp`.
 */
export type Expiry<Field extends string = string> = { readonly field: Field } | { readonly after_s: number };

/** How an event type is treated when there is too much of it, or it comes too late. */
export interface EventClass {
  /** The fields of `data` that name what the event is the newest value of; null for none. */
  readonly key: readonly string[] | null;
  readonly overload: Overload;
  /** Null: it never expires. */
  readonly expires: Expiry | null;
}

interface ClassOptions {
  key?: readonly string[] | undefined;
  overload?: Overload | undefined;
  expires?: Expiry | undefined;
}

/** The class of a type, checked and with its defaults. Throws `BadDefinitionError`. */
export function checkClass(type: string, entries: object, options: ClassOptions): EventClass {
  const { key, overload = 'keep', expires = null } = options;
  const known = Object.keys(entries);
  if (key !== undefined) checkKey(type, key, known);
  if (overload !== 'keep' && overload !== 'conflate') {
    throw refuse(type, 'overload', { found: String(overload), expected: 'keep or conflate' });
  }
  if (overload === 'conflate' && key === undefined) {
    throw refuse(type, 'overload', {
      found: 'conflate without a key',
      expected: "a key beside it, such as ['symbol']",
      remedy: 'name the fields of which only the newest value counts, or leave overload out',
    });
  }
  if (expires !== null) checkExpiry(type, expires, known);
  return {
    key: key === undefined ? null : Object.freeze([...key]),
    overload,
    expires: expires === null ? null : Object.freeze({ ...expires }),
  };
}

function checkKey(type: string, key: readonly string[], known: readonly string[]): void {
  const isList = Array.isArray(key) && key.length > 0 && new Set(key).size === key.length;
  if (isList && key.every((field) => known.includes(field))) return;
  throw refuse(type, 'key', {
    found: JSON.stringify(key),
    expected: `some of its fields, each once: ${known.join(', ')}`,
  });
}

function checkExpiry(type: string, expires: Expiry, known: readonly string[]): void {
  if ('field' in expires) {
    if (!('after_s' in expires) && known.includes(expires.field)) return;
  } else if (Number.isFinite(expires.after_s) && expires.after_s > 0) {
    return;
  }
  throw refuse(type, 'expires', {
    found: JSON.stringify(expires),
    expected: `{ field } with one of ${known.join(', ')}, or { after_s } with a number of seconds above 0`,
  });
}

function refuse(
  type: string,
  option: string,
  {
    found,
    expected,
    remedy = `correct ${option} in the definition of ${type}`,
  }: { found: string; expected: string; remedy?: string },
): BadDefinitionError {
  return new BadDefinitionError(`the ${option} of the event type ${type} makes no sense`, {
    found,
    expected,
    remedy,
  });
}
