import * as v from 'valibot';
import { type Catalogue, createStandardCatalogue } from './catalogue.js';
import { describeSchema, typeWord } from './check/describe.js';
import { type AnySchema, mayBeAbsent, nodeOf, unwrap } from './check/node.js';
import type { EventClass } from './define-class.js';
import { envelopeSchema } from './envelope.js';

/** What a person needs to know to write one field. */
export interface FieldInfo {
  /** string, number, integer, boolean, object, array, any. */
  readonly type: string;
  readonly required: boolean;
  /** The rule in the words of `Issue.expected`: "number from 0 to 100". */
  readonly constraint: string;
  /** What the field says; empty where its definition does not tell. */
  readonly meaning: string;
}

export interface SchemaInfo extends EventClass {
  readonly type: string;
  readonly description: string;
  /** Names of the required fields of `data`. */
  readonly required: readonly string[];
  readonly fields: Readonly<Record<string, FieldInfo>>;
}

/** A type's fields and rules for people, or undefined for a type that is not in the catalogue (the standard one). */
export function schemaInfo(
  type: string,
  catalogue: Catalogue = createStandardCatalogue(),
): SchemaInfo | undefined {
  const definition = catalogue.get(type);
  if (definition === undefined) return undefined;
  const fields = fieldsOf(definition.data.entries);
  const required = Object.keys(fields).filter((name) => fields[name]?.required === true);
  const { description, key, overload, expires } = definition;
  return { type, description, key, overload, expires, required, fields };
}

/** The fields of the envelope and their rules. */
export function envelopeInfo(): Readonly<Record<string, FieldInfo>> {
  return fieldsOf(envelopeSchema.entries);
}

function fieldsOf(entries: v.ObjectEntries): Record<string, FieldInfo> {
  const fields = new Map<string, FieldInfo>();
  for (const [name, schema] of Object.entries(entries) as [string, AnySchema][]) {
    fields.set(name, {
      type: typeWord(schema),
      required: !mayBeAbsent(nodeOf(schema)),
      constraint: describeSchema(schema),
      meaning: v.getDescription(unwrap(schema)) ?? v.getDescription(schema) ?? '',
    });
  }
  return Object.fromEntries(fields);
}
