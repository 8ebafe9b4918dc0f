import type * as v from 'valibot';

/** Any synchronous valibot schema. */
export type AnySchema = v.GenericSchema;

/**
 * The parts of a valibot schema that are walked here. Valibot's own types tell the members of each kind of
 * schema apart by generics; a walk over schemas of any kind needs them as optional fields instead.
 */
export interface SchemaNode {
  readonly type: string;
  readonly expects: string | null;
  readonly entries?: Readonly<Record<string, AnySchema>>;
  readonly wrapped?: AnySchema;
  readonly item?: AnySchema;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly check?: (value: unknown) => unknown;
  readonly pipe?: readonly PipeItem[];
  readonly default?: unknown;
  readonly fallback?: unknown;
}

/** One step of a `v.pipe`: the schema itself, a validation, a transformation, or metadata. */
export interface PipeItem {
  readonly kind: 'schema' | 'validation' | 'transformation' | 'metadata';
  readonly type: string;
  readonly requirement?: unknown;
}

export function nodeOf(schema: AnySchema): SchemaNode {
  return schema as unknown as SchemaNode;
}

const wrappers = new Set(['nullish', 'nullable', 'optional', 'undefinedable', 'exact_optional']);
const absentAllowed = new Set(['nullish', 'optional', 'exact_optional']);

/** Whether a key with this schema may be left out of its object. */
export function mayBeAbsent(node: SchemaNode): boolean {
  return absentAllowed.has(node.type);
}

/** What stands inside `optional`, `nullish` and their like; the schema itself where it is none of them. */
export function unwrap(schema: AnySchema): AnySchema {
  let inner = schema;
  for (;;) {
    const node = nodeOf(inner);
    if (node.wrapped === undefined || !wrappers.has(node.type)) return inner;
    inner = node.wrapped;
  }
}
