import { type AnySchema, nodeOf, type PipeItem, unwrap } from './node.js';
import { isObject } from './object.js';

/**
 * A field's rule in plain words: "BUY or SELL", "number from 0 to 100", "string of at most 10 characters".
 * The same words stand in `Issue.expected`, in `schemaInfo` and in docs/EVENTS.md.
 */
export function describeSchema(schema: AnySchema): string {
  const inner = nodeOf(unwrap(schema));
  const steps = inner.pipe ?? [];
  switch (inner.type) {
    case 'string':
      return describeText(steps);
    case 'number':
      return describeNumber(steps);
    case 'boolean':
      return 'true or false';
    case 'picklist':
    case 'enum':
      return joinChoices(inner.options ?? []);
    case 'literal':
      return String(inner.literal);
    case 'object':
    case 'loose_object':
    case 'strict_object':
    case 'record':
      return 'object';
    case 'array':
      return inner.item === undefined ? 'array' : `array, each item: ${describeSchema(inner.item)}`;
    case 'custom':
      return inner.check === isObject ? 'object' : "a value the type's own check accepts";
    case 'any':
    case 'unknown':
      return 'anything';
    default:
      return inner.expects ?? inner.type;
  }
}

/** The JSON type of a field in one word, for tables. */
export function typeWord(schema: AnySchema): string {
  const inner = nodeOf(unwrap(schema));
  switch (inner.type) {
    case 'number':
      return (inner.pipe ?? []).some((step) => step.type === 'integer' || step.type === 'safe_integer')
        ? 'integer'
        : 'number';
    case 'object':
    case 'loose_object':
    case 'strict_object':
    case 'record':
      return 'object';
    case 'picklist':
      return (inner.options ?? []).every((option) => typeof option === 'string') ? 'string' : 'choice';
    case 'literal':
      return typeof inner.literal;
    case 'custom':
      return inner.check === isObject ? 'object' : 'any';
    case 'any':
    case 'unknown':
      return 'any';
    default:
      return inner.type;
  }
}

function requirementOf(steps: readonly PipeItem[], type: string): number | undefined {
  const found = steps.find((step) => step.type === type)?.requirement;
  return typeof found === 'number' ? found : undefined;
}

function describeText(steps: readonly PipeItem[]): string {
  const exactly = requirementOf(steps, 'length');
  const most = requirementOf(steps, 'max_length');
  const least =
    requirementOf(steps, 'min_length') ?? (steps.some((step) => step.type === 'non_empty') ? 1 : undefined);
  let words = 'string';
  if (exactly !== undefined) words += ` of ${exactly} characters`;
  else if (least !== undefined && most !== undefined) words += ` of ${least} to ${most} characters`;
  else if (most !== undefined) words += ` of at most ${most} characters`;
  else if (least !== undefined) words += ` of at least ${least} character${least === 1 ? '' : 's'}`;
  return words + others(steps, new Set(['length', 'max_length', 'min_length', 'non_empty']));
}

function describeNumber(steps: readonly PipeItem[]): string {
  const least = requirementOf(steps, 'min_value');
  const most = requirementOf(steps, 'max_value');
  const above = requirementOf(steps, 'gt_value');
  const below = requirementOf(steps, 'lt_value');
  const whole = steps.some((step) => step.type === 'integer' || step.type === 'safe_integer');
  const bounds: string[] = [];
  if (least !== undefined && most !== undefined) bounds.push(`from ${least} to ${most}`);
  else if (least !== undefined) bounds.push(`of at least ${least}`);
  else if (most !== undefined) bounds.push(`of at most ${most}`);
  if (above !== undefined) bounds.push(`above ${above}`);
  if (below !== undefined) bounds.push(`below ${below}`);
  const words = [whole ? 'whole number' : 'number', bounds.join(' and ')].filter(Boolean).join(' ');
  const known = new Set([
    'min_value',
    'max_value',
    'gt_value',
    'lt_value',
    'integer',
    'safe_integer',
    'finite',
  ]);
  return words + unitOf(steps) + others(steps, known);
}

/** `v.metadata({ unit })`, as the fields of events/fields.ts carry it. */
function unitOf(steps: readonly PipeItem[]): string {
  for (const step of steps) {
    const { metadata } = step as { metadata?: { unit?: unknown } };
    if (typeof metadata?.unit === 'string') return ` (${metadata.unit})`;
  }
  return '';
}

/** Rules that have no words here are named by valibot's name for them: "string (email)". */
function others(steps: readonly PipeItem[], known: ReadonlySet<string>): string {
  const names = steps.filter((step) => step.kind === 'validation' && !known.has(step.type));
  return names.length === 0 ? '' : ` (${names.map((step) => step.type.replaceAll('_', ' ')).join(', ')})`;
}

function joinChoices(options: readonly unknown[]): string {
  const words = options.map(String);
  const last = words.at(-1) ?? 'nothing';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
