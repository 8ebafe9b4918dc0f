/**
 * The JSON Schema of a whole event, for programs in other languages.
 *
 * @module @bitten/schema/json-schema
 */
import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { type Catalogue, createStandardCatalogue } from './catalogue.js';
import { type AnySchema, nodeOf } from './check/node.js';
import { isObject } from './check/object.js';
import { describeClass } from './classes.js';
import { envelopeSchema } from './envelope.js';

// Behind a subpath of its own, `@bitten/schema/json-schema`: publishers need the rules, not the converter.

/**
 * The JSON Schema (draft 2020-12) of a whole event of a type, envelope and data. Undefined for a type that is
 * not in the catalogue (the standard one). JSON Schema counts the length of a string in Unicode characters, the
 * bus in UTF-16 units; they differ for emoji only. Rules that JSON Schema has no form for are left out.
 */
export function jsonSchema(
  type: string,
  catalogue: Catalogue = createStandardCatalogue(),
): JsonSchema | undefined {
  const definition = catalogue.get(type);
  if (definition === undefined) return undefined;
  const envelope = toJsonSchema(envelopeSchema, conversion);
  const { $schema: _, ...data } = toJsonSchema(definition.data, conversion);
  return {
    ...envelope,
    title: type,
    description: definition.description,
    // JSON Schema has no word for it, and a keyword of our own would stop a strict validator.
    $comment: describeClass(definition),
    // An event that was replayed carries the mark, and is not published again.
    properties: { ...envelope.properties, event_type: { const: type }, data, replay: { type: 'null' } },
  };
}

const conversion: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'input',
  errorMode: 'ignore',
  // The unit of a number is for people; as a keyword it would stop a strict validator.
  ignoreActions: ['metadata'],
  overrideSchema: ({ valibotSchema }) =>
    nodeOf(valibotSchema as AnySchema).check === isObject ? { type: 'object' } : undefined,
};
