/**
 * What kind of wrong, for programs: a required field that is not there, a value of another type, a number or
 * the length of a string out of bounds, a word that is not one of those allowed, a value that breaks another
 * rule of its type (a pattern, say), something JSON cannot carry or text that is no JSON, too deep, too large,
 * something that looks like a password or a key, a name that only the bus may use.
 */
export type IssueCode =
  | 'missing'
  | 'type'
  | 'range'
  | 'length'
  | 'choice'
  | 'format'
  | 'json'
  | 'depth'
  | 'size'
  | 'secret'
  | 'reserved';

/** One thing wrong with one field of an event. */
export interface Issue {
  /** Where, from the envelope's root: `data.direction`; empty for the event as a whole. */
  path: string;
  /** What kind of wrong, for programs. */
  code: IssueCode;
  /** What stood there, shortened for display. */
  found: string;
  /** What would be right. */
  expected: string;
}

/** The facts an error carries beside its message. */
export interface ErrorFacts {
  found?: string;
  expected?: string;
  /** What the reader can do about it, as a sentence. */
  remedy?: string;
  cause?: unknown;
}

/**
 * The root of every error this project throws on purpose. Tell errors apart by class or by `code`, never by
 * message: the message may change.
 */
export class BittenError extends Error {
  readonly code: string;
  readonly found: string | undefined;
  readonly expected: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.found = facts.found;
    this.expected = facts.expected;
    this.remedy = facts.remedy;
  }
}

/**
 * An event that breaks a rule of its type. It is in the dead letters; `deadLetter` is its number there, where
 * known. One refused for a secret is there without the secret, or where its publisher saw it, nowhere.
 */
export class InvalidEventError extends BittenError {
  readonly issues: readonly Issue[];
  readonly deadLetter: number | undefined;

  constructor(issues: readonly Issue[], deadLetter?: number) {
    super('invalid_event', `invalid event: ${issues.map(describeIssue).join('; ')}`, {
      remedy: issues.some(({ code }) => code === 'secret')
        ? 'leave the fields named out, or give what is no secret another name; their values were not kept'
        : 'correct the fields named; the event is kept in the dead letters',
    });
    this.issues = issues;
    this.deadLetter = deadLetter;
  }
}

/** An event type was defined in a way that makes no sense; `found`, `expected` and `remedy` say what. */
export class BadDefinitionError extends BittenError {
  constructor(message: string, facts: { found: string; expected: string; remedy: string }) {
    super('bad_definition', message, facts);
  }
}

/** The positions from `from` up to, not including, `to` were removed by retention before they were read. */
export class GapError extends BittenError {
  readonly from: number;
  readonly to: number;
  readonly why: string;

  constructor(from: number, to: number, why: string) {
    super('gap', `events ${from} to ${to - 1} are gone: ${why}`, {
      found: `position ${from}`,
      expected: `a position from ${to} on`,
      remedy: `go on at ${to}, and read what is missing from the store or an archive`,
    });
    this.from = from;
    this.to = to;
    this.why = why;
  }
}

/** `field: expected …, found …`: an issue in one line. */
export function describeIssue(issue: Issue): string {
  const where = issue.path === '' ? 'event' : issue.path;
  return issue.code === 'missing'
    ? `${where} is missing (expected ${issue.expected})`
    : `${where}: expected ${issue.expected}, found ${issue.found}`;
}
