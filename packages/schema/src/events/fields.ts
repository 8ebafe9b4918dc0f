/**
 * The building blocks of event definitions: short names for what nearly every field is made of.
 *
 * @module @bitten/schema/fields
 */
import * as v from 'valibot';
import { isObject } from '../check/object.js';

// The building blocks of event definitions: short names for the valibot schemas that nearly every field is made
// of. `meaning` is for people: it goes into `schemaInfo`, the JSON Schema and docs/EVENTS.md. Any other valibot
// schema may stand beside these.

/** A string of at most `length_max` characters, counted as JavaScript counts them (UTF-16 code units). */
export function text(length_max: number, meaning: string) {
  return v.pipe(v.string(), v.maxLength(length_max), v.description(meaning));
}

/** A string of any length. */
export function anyText(meaning: string) {
  return v.pipe(v.string(), v.description(meaning));
}

/** A finite number. */
export function number(meaning: string) {
  return v.pipe(v.number(), v.finite(), v.description(meaning));
}

/** A finite number, `min` or more. */
export function numberFrom(min: number, meaning: string) {
  return v.pipe(v.number(), v.finite(), v.minValue(min), v.description(meaning));
}

/** A number from `min` to `max`, both included. */
export function numberBetween(min: number, max: number, meaning: string) {
  return v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max), v.description(meaning));
}

/** A whole number, `min` or more. */
export function integerFrom(min: number, meaning: string) {
  return v.pipe(v.number(), v.finite(), v.integer(), v.minValue(min), v.description(meaning));
}

/** A moment: Unix seconds with fraction, above 0. */
export function unixTime(meaning: string) {
  return v.pipe(
    v.number(),
    v.finite(),
    v.gtValue(0),
    v.metadata({ unit: 'Unix seconds' }),
    v.description(meaning),
  );
}

/** One of a few words. */
export function oneOf<const Options extends readonly [string, ...string[]]>(
  options: Options,
  meaning: string,
) {
  return v.pipe(v.picklist(options), v.description(meaning));
}

/** A JSON object with any content. (Valibot's object schemas also take an array; this does not.) */
export function anyObject(meaning: string) {
  return v.pipe(v.custom<Record<string, unknown>>(isObject), v.description(meaning));
}

/** A field that may be left out; `null` and `undefined` count as left out. */
export function optional<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.nullish(schema);
}
