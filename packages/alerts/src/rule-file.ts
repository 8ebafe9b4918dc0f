import { BittenError } from '@bitten/schema';
import * as v from 'valibot';
import { parse as parseYaml } from 'yaml';
import { compileExpression } from './expression.js';
import { Message } from './message.js';
import { ruleSchema } from './rule-schema.js';
import type { Rule } from './types.js';

/** One thing wrong with a rule file. */
export interface RuleProblem {
  /** `rules[2].when.within`, with the rule's name where it has one. */
  path: string;
  found: string;
  expected: string;
}

/** A rule file cannot be used. All that is wrong with it is in `problems`. */
export class RuleFileError extends BittenError {
  readonly problems: readonly RuleProblem[];

  constructor(file: string, problems: readonly RuleProblem[]) {
    const lines = problems.map(
      ({ path, found, expected }) => `${path}: expected ${expected}, found ${found}`,
    );
    super('bad_rules', `${file} cannot be used:\n  ${lines.join('\n  ')}`, {
      found: `${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'}`,
      expected: 'rules as docs/ALERTS.md describes them',
      remedy: 'correct what is named; bitten alerts check FILE says whether it is right',
    });
    this.problems = problems;
  }
}

/** Reads the text of a rule file, YAML or JSON. Throws `RuleFileError` with everything that is wrong. */
export function readRules(text: string, file: string): Rule[] {
  const raw = parse(text, file);
  if (!Array.isArray(raw)) {
    throw new RuleFileError(file, [{ path: 'rules', found: nameOf(raw), expected: 'a list of rules' }]);
  }
  const rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  const names = new Set<string>();
  for (const [i, value] of (raw as unknown[]).entries()) {
    const result = v.safeParse(ruleSchema, value);
    const place = `rules[${i}]${labelOf(value)}`;
    if (!result.success) {
      problems.push(...result.issues.map((issue) => problemOf(place, issue)));
      continue;
    }
    const rule = result.output;
    if (names.has(rule.name)) {
      problems.push({ path: `${place}.name`, found: `a second ${rule.name}`, expected: 'a name of its own' });
    }
    names.add(rule.name);
    problems.push(...expressionProblems(rule, place));
    rules.push(rule);
  }
  if (problems.length > 0) throw new RuleFileError(file, problems);
  return rules;
}

function parse(text: string, file: string): unknown {
  let raw: unknown;
  try {
    raw = parseYaml(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new RuleFileError(file, [{ path: 'the file', found: why, expected: 'YAML' }]);
  }
  return typeof raw === 'object' && raw !== null && 'rules' in raw ? raw.rules : undefined;
}

function problemOf(place: string, issue: v.BaseIssue<unknown>): RuleProblem {
  const inner = v.getDotPath(issue);
  return {
    path: inner === null ? place : `${place}.${inner}`,
    found: issue.received,
    expected: expectedBy(issue),
  };
}

/** Rules of our own say what they expect as their message; what a type expects, valibot knows. */
function expectedBy({ kind, expected, message }: v.BaseIssue<unknown>): string {
  // Of a field that nobody knows valibot expects nothing at all.
  if (expected === 'never') return 'no such field; docs/ALERTS.md lists those there are';
  return kind !== 'schema' || expected === null || expected === 'unknown' ? message : expected;
}

/** Each expression is compiled, so that a slip of the pen is found now and not in the night. */
function expressionProblems(rule: Rule, place: string): RuleProblem[] {
  const { when, per, message } = rule;
  const tried: Array<[path: string, text: string | null, compile: (text: string) => unknown]> = [
    ['per', per, compileExpression],
    ['when.where', 'where' in when ? when.where : null, compileExpression],
    ['when.value', when.kind === 'value' ? when.value : null, compileExpression],
    ['message', message, (template) => new Message(template)],
  ];
  return tried.flatMap(([path, text, compile]) => {
    if (text === null) return [];
    try {
      compile(text);
      return [];
    } catch (error) {
      const why = error instanceof Error ? error.message.split('\n')[0]! : String(error);
      return [{ path: `${place}.${path}`, found: `${text} (${why})`, expected: 'an expression (cel.dev)' }];
    }
  });
}

function labelOf(value: unknown): string {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
  return typeof name === 'string' ? ` (${name})` : '';
}

function nameOf(value: unknown): string {
  return value === undefined ? 'nothing of that name' : `a ${typeof value}`;
}
