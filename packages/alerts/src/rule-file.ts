import { BittenError } from '@bitten/schema';
import * as v from 'valibot';
import { parse as parseYaml } from 'yaml';
import type { ChannelRule } from './channel.js';
import { channelSchema } from './channel-schema.js';
import { fillIn } from './environment.js';
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

/** What stands in a rule file. */
export interface RuleFile {
  rules: Rule[];
  /** Where notifications go; empty where the file names none. */
  channels: ChannelRule[];
}

/** Variables of the environment by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/** The rules of a rule file alone; what it says of channels is not looked at. Throws `RuleFileError`. */
export function readRules(text: string, file: string): Rule[] {
  const problems: RuleProblem[] = [];
  const rules = rulesOf(parse(text, file).rules, problems);
  if (problems.length > 0) throw new RuleFileError(file, problems);
  return rules;
}

/**
 * Reads the text of a rule file, YAML or JSON, with its channels, into which `${NAME}` is filled from `env`. Throws
 * `RuleFileError` with everything that is wrong.
 */
export function readRuleFile(text: string, file: string, env: Environment): RuleFile {
  const problems: RuleProblem[] = [];
  const raw = parse(text, file);
  const channels = channelsOf(raw.channels, env, problems);
  const rules = rulesOf(raw.rules, problems);
  const known = channels.map(({ name }) => name);
  for (const [i, { name, notify }] of rules.entries()) {
    for (const unknown of (notify ?? []).filter((each) => !known.includes(each))) {
      const expected = known.length === 0 ? 'none: the file has no channels' : `one of ${known.join(', ')}`;
      problems.push({ path: `rules[${i}] (${name}).notify`, found: unknown, expected });
    }
  }
  if (problems.length > 0) throw new RuleFileError(file, problems);
  return { rules, channels };
}

function channelsOf(raw: unknown, env: Environment, problems: RuleProblem[]): ChannelRule[] {
  if (raw === undefined) return [];
  if (!Array.isArray(raw)) {
    problems.push({ path: 'channels', found: nameOf(raw), expected: 'a list of channels' });
    return [];
  }
  const channels: ChannelRule[] = [];
  for (const [i, given] of (raw as unknown[]).entries()) {
    const place = `channels[${i}]${labelOf(given)}`;
    const { value, missing } = fillIn(given, env, place);
    problems.push(
      ...missing.map(({ path, name }) => ({
        path,
        found: `\${${name}}, which is not set`,
        expected: `${name} in the environment`,
      })),
    );
    if (missing.length > 0) continue;
    const result = v.safeParse(channelSchema, value);
    if (!result.success) {
      problems.push(...result.issues.map((issue) => hidden(problemOf(place, issue))));
      continue;
    }
    const { name } = result.output;
    if (channels.some((other) => other.name === name)) {
      problems.push({ path: `${place}.name`, found: `a second ${name}`, expected: 'a name of its own' });
    }
    channels.push(result.output);
  }
  return channels;
}

/** What is wrong with a secret is said without it. */
function hidden(problem: RuleProblem): RuleProblem {
  return /\.(url|secret|token|password)$/.test(problem.path)
    ? { ...problem, found: 'something else' }
    : problem;
}

function rulesOf(raw: unknown, problems: RuleProblem[]): Rule[] {
  if (!Array.isArray(raw)) {
    problems.push({ path: 'rules', found: nameOf(raw), expected: 'a list of rules' });
    return [];
  }
  const rules: Rule[] = [];
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
  return rules;
}

/** What stands under the two words a file has. */
function parse(text: string, file: string): { rules?: unknown; channels?: unknown } {
  let raw: unknown;
  try {
    raw = parseYaml(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new RuleFileError(file, [{ path: 'the file', found: why, expected: 'YAML' }]);
  }
  return typeof raw === 'object' && raw !== null ? raw : {};
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
