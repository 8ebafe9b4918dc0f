import { resolve } from 'node:path';
import * as v from 'valibot';
import type { Setting } from './declare.js';
import { formatQuantity, parseQuantity } from './units.js';

/** A value as it was found, before it is checked. Text comes from flags, the environment and quoted YAML. */
export type Raw = string | number | boolean | null | object;

/** A right value, or what would have been right. */
export type Checked = { ok: true; value: unknown } | { ok: false; expected: string };

/** Reads what was found as the setting wants it and checks it. Relative paths start from `base`. */
export function checkValue(setting: Setting, raw: Raw | undefined, base: string): Checked {
  const read = typeof raw === 'string' ? readText(setting, raw) : raw;
  const result = v.safeParse(setting.schema, read);
  if (!result.success) return { ok: false, expected: describeExpected(setting) };
  const isRelative = setting.path === true && typeof result.output === 'string';
  return { ok: true, value: isRelative ? resolve(base, result.output as string) : result.output };
}

/** True for a setting whose flag stands alone: `--enabled`, `--no-enabled`. */
export function isSwitch(setting: Setting): boolean {
  return unwrap(setting.schema).type === 'boolean';
}

/** What a right value looks like, in words: `a whole number from 0 to 65535`, `one of auto, pretty, json`. */
export function describeExpected(setting: Setting): string {
  const schema = unwrap(setting.schema);
  const orNone = setting.schema.type === 'nullable' ? ', or none' : '';
  if (schema.type === 'picklist' && 'options' in schema) {
    return `one of ${(schema.options as readonly unknown[]).join(', ')}${orNone}`;
  }
  if (schema.type === 'boolean') return `true or false${orNone}`;
  if (schema.type === 'array') return `a list separated by commas${orNone}`;
  if (schema.type === 'number') return `${describeNumber(schema, setting)}${orNone}`;
  return `${setting.path ? 'a path' : 'a text that is not empty'}${orNone}`;
}

/** A value as a person would write it. */
export function formatValue(setting: Setting, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'number' ? formatQuantity(value, setting.unit) : String(value);
}

/**
 * Text stays text where it cannot be read as what is wanted: the schema then refuses it, and the message shows
 * what was found instead of a `NaN` of our making.
 */
function readText(setting: Setting, text: string): unknown {
  if (setting.schema.type === 'nullable' && text === 'none') return null;
  const schema = unwrap(setting.schema);
  if (schema.type === 'number') return parseQuantity(text, setting.unit) ?? text;
  if (schema.type === 'boolean') return { true: true, false: false, '1': true, '0': false }[text] ?? text;
  if (schema.type === 'array') {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return text;
}

/** The schema within `nullable` and `optional`. */
function unwrap(schema: v.GenericSchema): v.GenericSchema {
  return 'wrapped' in schema ? unwrap(schema.wrapped as v.GenericSchema) : schema;
}

function describeNumber(schema: v.GenericSchema, setting: Setting): string {
  const rules =
    'pipe' in schema ? (schema.pipe as ReadonlyArray<{ type: string; requirement?: unknown }>) : [];
  const bound = (type: string) => rules.find((rule) => rule.type === type)?.requirement as number | undefined;
  const [least, most] = [bound('min_value'), bound('max_value')];
  const whole = rules.some((rule) => rule.type === 'integer') ? 'a whole number' : 'a number';
  const examples = {
    bytes: ' such as 64MiB',
    milliseconds: ' such as 5ms',
    seconds: ' such as 30s or 7d',
    events: '',
  };
  const unit = setting.unit === undefined ? '' : ` of ${setting.unit}${examples[setting.unit]}`;
  const format = (bound: number) => formatQuantity(bound, setting.unit);
  if (least !== undefined && most !== undefined)
    return `${whole}${unit} from ${format(least)} to ${format(most)}`;
  if (least !== undefined) return `${whole}${unit}, at least ${format(least)}`;
  return most === undefined ? `${whole}${unit}` : `${whole}${unit}, at most ${format(most)}`;
}
