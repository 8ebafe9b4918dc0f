import * as v from 'valibot';
import type { Catalogue } from '../catalogue.js';
import { envelopeSchema } from '../envelope.js';
import type { Issue } from '../errors.js';
import { issues_max } from '../limits.js';
import { isReplayed, replayIssue } from '../replay-mark.js';
import { describeSchema } from './describe.js';
import { pathOf, shorten, showFound } from './found.js';
import { type AnySchema, nodeOf, unwrap } from './node.js';
import { isObject } from './object.js';

/**
 * Everything wrong with an event by the rules of its envelope and its type; empty for a valid one. This is
 * valibot's own full pass: slow beside `accepts`, and run only for what that has refused.
 */
export function ruleIssues(value: unknown, catalogue: Catalogue): Issue[] {
  if (!isObject(value)) {
    const expected = 'an object with event_type, timestamp, source and data';
    return [{ path: '', code: 'type', found: showFound(value), expected }];
  }
  const issues = schemaIssues(envelopeSchema, value, '');
  if (isReplayed(value)) issues.unshift(replayIssue(value));
  const { event_type, data } = value;
  const definition = typeof event_type === 'string' ? catalogue.get(event_type) : undefined;
  if (definition !== undefined && isObject(data)) issues.push(...schemaIssues(definition.data, data, 'data'));
  return issues.slice(0, issues_max);
}

function schemaIssues(schema: AnySchema, value: unknown, root: string): Issue[] {
  try {
    // One issue for each field is enough: what is no number need not also be told that it is not from 0 to 100.
    const result = v.safeParse(schema, value, { abortPipeEarly: true });
    return (result.issues ?? []).slice(0, issues_max).map((issue) => toIssue(schema, value, issue, root));
  } catch (cause) {
    const found = shorten(cause instanceof Error ? cause.message : String(cause));
    return [{ path: root, code: 'format', found, expected: 'a value that the rules of its type can judge' }];
  }
}

function toIssue(schema: AnySchema, root: unknown, issue: v.BaseIssue<unknown>, rootPath: string): Issue {
  const keys = (issue.path ?? []).map((item) => String(item.key));
  const path = pathOf([rootPath, ...keys].filter((key) => key !== ''));
  const field = fieldAt(schema, keys);
  const value = valueAt(root, keys);
  // `null` counts as absent everywhere: on a required field that is the same as leaving it out.
  const missing = value === undefined || (value === null && issue.kind === 'schema');
  return {
    path,
    code: missing ? 'missing' : codeOf(issue),
    found: missing && value === undefined ? 'nothing' : showFound(value),
    expected: shorten(expectedBy(issue, field)),
  };
}

function expectedBy(issue: v.BaseIssue<unknown>, field: AnySchema | undefined): string {
  // A check of the definition's own has no words but the message it was given.
  if (issue.kind === 'validation' && issue.type.endsWith('check')) return issue.message;
  return field === undefined ? (issue.expected ?? issue.message) : describeSchema(field);
}

function codeOf(issue: v.BaseIssue<unknown>): Issue['code'] {
  switch (issue.type) {
    case 'picklist':
    case 'enum':
    case 'literal':
      return 'choice';
    case 'max_length':
    case 'min_length':
    case 'length':
    case 'non_empty':
      return 'length';
    case 'min_value':
    case 'max_value':
    case 'gt_value':
    case 'lt_value':
    case 'multiple_of':
    case 'finite':
      return 'range';
    case 'integer':
    case 'safe_integer':
      return 'type';
    default:
      return issue.kind === 'schema' ? 'type' : 'format';
  }
}

/** The schema of the field at a path, where the walk gets that far. */
function fieldAt(schema: AnySchema, keys: readonly string[]): AnySchema | undefined {
  let field: AnySchema | undefined = schema;
  for (const key of keys) {
    if (field === undefined) return undefined;
    const node = nodeOf(unwrap(field));
    const { entries } = node;
    field = entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : node.item;
  }
  return field;
}

function valueAt(root: unknown, keys: readonly string[]): unknown {
  let value = root;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
