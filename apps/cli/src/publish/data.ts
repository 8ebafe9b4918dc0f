import { UsageError } from '@bitten/runtime';
import { fillIn, type TemplateValues } from './templates.js';

/** Data as it was typed: a JSON text, and fields that are laid over it. */
export interface TypedData {
  /** Where the text comes from, for messages. */
  where: string;
  json: string | undefined;
  fields: readonly string[];
}

/** The data of one event. Throws `UsageError` where it is no JSON object. */
export function readData(
  { where, json, fields }: TypedData,
  values: TemplateValues,
): Record<string, unknown> {
  const data = json === undefined ? {} : parseObject(fillIn(json, values), where);
  for (const field of fields) {
    const [name, value] = readField(field, values);
    // Defined, not assigned: a field may be called anything.
    Object.defineProperty(data, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return data;
}

function parseObject(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `${where}: expected a JSON object, found none (${why})`,
      `write '{"symbol":"EURUSD"}'`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new UsageError(
    `${where}: expected a JSON object, found ${text.slice(0, 40)}`,
    `write '{"symbol":"EURUSD"}'`,
  );
}

/**
 * `confidence=85` is a number, `symbol=EURUSD` a text: what can be read as JSON is what it says, anything else a
 * text. `id='"12"'` is the text of a number.
 */
function readField(field: string, values: TemplateValues): [string, unknown] {
  const at = field.indexOf('=');
  if (at < 1) {
    throw new UsageError(
      `--data: expected NAME=VALUE, found ${JSON.stringify(field)}`,
      'write --data symbol=EURUSD',
    );
  }
  const text = fillIn(field.slice(at + 1), values);
  try {
    return [field.slice(0, at), JSON.parse(text)];
  } catch {
    return [field.slice(0, at), text];
  }
}
