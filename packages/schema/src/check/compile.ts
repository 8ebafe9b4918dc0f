import * as v from 'valibot';
import { type AnySchema, mayBeAbsent, nodeOf, type PipeItem, type SchemaNode } from './node.js';
import { isObject } from './object.js';

/** Whether a value obeys a schema. Never throws. */
export type Accepts = (value: unknown) => boolean;

/**
 * Makes a predicate that answers what `v.is(schema, value)` answers, without the copies valibot makes of every
 * object and field it looks at. The valibot schema stays the rule: it is walked once, the kinds of schema
 * known here become closures, and any other is handed to valibot as it is. A property test holds the two equal.
 */
export function compile(schema: AnySchema): Accepts {
  const node = nodeOf(schema);
  if (answersForAbsent(schema)) return byValibot(schema);
  if (node.pipe !== undefined) return compilePipe(schema, node.pipe);
  return compileBase(schema, node) ?? byValibot(schema);
}

/** A check of the definition's own may throw; that refuses the value, and never stops whoever is validating. */
function byValibot(schema: AnySchema): Accepts {
  return (value) => {
    try {
      return v.is(schema, value);
    } catch {
      return false;
    }
  };
}

function compileBase(schema: AnySchema, node: SchemaNode): Accepts | undefined {
  switch (node.type) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'number':
      return (value) => typeof value === 'number' && !Number.isNaN(value);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'any':
    case 'unknown':
      return () => true;
    case 'literal':
      return (value) => value === node.literal;
    case 'picklist':
      return compileChoice(node.options ?? []);
    case 'nullish': {
      const inner = compile(node.wrapped ?? schema);
      return (value) => value === undefined || value === null || inner(value);
    }
    case 'optional':
    case 'undefinedable': {
      const inner = compile(node.wrapped ?? schema);
      return (value) => value === undefined || inner(value);
    }
    case 'nullable': {
      const inner = compile(node.wrapped ?? schema);
      return (value) => value === null || inner(value);
    }
    case 'array': {
      const inner = node.item === undefined ? undefined : compile(node.item);
      return inner && ((value) => Array.isArray(value) && value.every((item: unknown) => inner(item)));
    }
    case 'object':
    case 'loose_object':
      return compileObject(schema, node.entries ?? {});
    case 'custom':
      return compileCustom(node.check);
    default:
      return undefined;
  }
}

function compileChoice(options: readonly unknown[]): Accepts {
  const [first, second] = options;
  if (options.length === 2) return (value) => value === first || value === second;
  return (value) => options.includes(value);
}

function compileObject(schema: AnySchema, entries: Readonly<Record<string, AnySchema>>): Accepts {
  const keys = Object.keys(entries);
  // A default or fallback also answers for a key that is not there: those objects are valibot's.
  if (Object.values(entries).some(answersForAbsent)) return byValibot(schema);
  const checks = keys.map((key) => compile(entries[key] as AnySchema));
  const absent = keys.map((key) => mayBeAbsent(nodeOf(entries[key] as AnySchema)));
  return (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const fields = value as Readonly<Record<string, unknown>>;
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i] as string;
      const field = fields[key];
      if (field === undefined && !(key in fields)) {
        if (absent[i] === false) return false;
      } else if (checks[i]?.(field) !== true) return false;
    }
    return true;
  };
}

/** A fallback or default changes what valibot looks at; neither is worth a second implementation. */
function answersForAbsent(schema: AnySchema): boolean {
  const node = nodeOf(schema);
  return node.fallback !== undefined || node.default !== undefined;
}

function compileCustom(check: ((value: unknown) => unknown) | undefined): Accepts | undefined {
  // Only our own check is known not to throw.
  return check === isObject ? isObject : undefined;
}

function compilePipe(schema: AnySchema, pipe: readonly PipeItem[]): Accepts {
  const [first, ...rest] = pipe;
  const steps = rest.filter((item) => item.kind !== 'metadata');
  const base = first as unknown as AnySchema;
  if (steps.length === 0) return compile(base);
  if (steps.some((item) => item.kind !== 'validation')) return byValibot(schema);
  const { type } = nodeOf(base);
  if (type === 'string') return compileText(steps) ?? byValibot(schema);
  if (type === 'number') return compileNumber(steps) ?? byValibot(schema);
  return byValibot(schema);
}

function compileText(steps: readonly PipeItem[]): Accepts | undefined {
  let length_max = Number.POSITIVE_INFINITY;
  let length_min = 0;
  for (const { type, requirement } of steps) {
    if (type === 'max_length' && typeof requirement === 'number')
      length_max = Math.min(length_max, requirement);
    else if (type === 'min_length' && typeof requirement === 'number')
      length_min = Math.max(length_min, requirement);
    else if (type === 'non_empty') length_min = Math.max(length_min, 1);
    else return undefined;
  }
  return (value) => typeof value === 'string' && value.length <= length_max && value.length >= length_min;
}

function compileNumber(steps: readonly PipeItem[]): Accepts | undefined {
  let whole = false;
  let min = Number.NEGATIVE_INFINITY;
  let max = Number.POSITIVE_INFINITY;
  let above = Number.NEGATIVE_INFINITY;
  for (const { type, requirement } of steps) {
    if (type === 'integer') whole = true;
    else if (type === 'finite') {
      min = Math.max(min, -Number.MAX_VALUE);
      max = Math.min(max, Number.MAX_VALUE);
    } else if (typeof requirement !== 'number' || Number.isNaN(requirement)) return undefined;
    else if (type === 'min_value') min = Math.max(min, requirement);
    else if (type === 'max_value') max = Math.min(max, requirement);
    else if (type === 'gt_value') above = Math.max(above, requirement);
    else return undefined;
  }
  // Every comparison with NaN is false, so NaN falls out by itself.
  const exclusive = above !== Number.NEGATIVE_INFINITY;
  return (value) =>
    typeof value === 'number' &&
    value >= min &&
    value <= max &&
    (!exclusive || value > above) &&
    (!whole || Number.isInteger(value));
}
