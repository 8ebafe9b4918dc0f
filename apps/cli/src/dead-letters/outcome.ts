import { CautionError, type Discarded, type Driven, StillInvalidError } from '@bitten/dead-letters';
import { type BittenError, describeIssue } from '@bitten/schema';
import { colorsFor, harmless, say } from '../show/terminal.js';

/** What was done with one dead letter, or would be. */
export type Outcome =
  | Driven
  | Discarded
  | { action: 'would pass' }
  | { action: 'failed'; error: BittenError };

/** Prints outcomes as they come, and counts them. */
export class OutcomePrinter {
  readonly #json: boolean;
  readonly #counts = new Map<string, number>();

  constructor({ json }: { json: boolean }) {
    this.#json = json;
  }

  /** How many were not driven or discarded, and would not be. */
  get failed(): number {
    return [...this.#counts].reduce((sum, [word, count]) => sum + (isFailure(word) ? count : 0), 0);
  }

  print(place: number, outcome: Outcome): void {
    const word = wordOf(outcome);
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
    if (this.#json) process.stdout.write(`${JSON.stringify({ dead_letter: place, ...asJson(outcome) })}\n`);
    else if (outcome.action === 'failed') {
      say(`${colorsFor(process.stderr).red(`${place}  ${word}`)}: ${harmless(reasonOf(outcome.error))}`);
    } else process.stdout.write(`${place}  ${describe(outcome)}\n`);
  }

  /** One line: `3 retried, 1 still invalid`. */
  summary(): string {
    return [...this.#counts].map(([word, count]) => `${count} ${word}`).join(', ') || 'nothing to do';
  }
}

const failures: ReadonlyMap<string, string> = new Map([
  ['still_invalid', 'still invalid'],
  ['needs_force', 'needs --force'],
  ['already_driven', 'already driven'],
  ['no_such_letter', 'not there'],
]);

function isFailure(word: string): boolean {
  return word === 'refused again' || word === 'failed' || [...failures.values()].includes(word);
}

function wordOf(outcome: Outcome): string {
  if (outcome.action === 'failed') return failures.get(outcome.error.code) ?? 'failed';
  if ('refused' in outcome && outcome.refused !== null) return 'refused again';
  return 'isOther' in outcome && outcome.isOther ? 'already driven' : outcome.action;
}

/** The error's own message names the dead letter, which stands before it already. */
function reasonOf(error: BittenError): string {
  if (error instanceof StillInvalidError) return error.issues.map(describeIssue).join('; ');
  if (error instanceof CautionError) return error.cautions.map(({ why }) => why).join('; ');
  return error.found ?? error.message;
}

function describe(outcome: Exclude<Outcome, { action: 'failed' }>): string {
  if (outcome.action === 'would pass') return outcome.action;
  if (outcome.action === 'discarded') {
    return outcome.isRepeat ? 'discarded (it was already; its reason stays)' : 'discarded';
  }
  const { action, seq, refused, isRepeat, isOther } = outcome;
  if (refused !== null) {
    const where = refused.deadLetter === null ? 'a dead letter' : `dead letter ${refused.deadLetter}`;
    return `refused again, now ${where}: ${refused.issues.map(describeIssue).map(harmless).join('; ')}`;
  }
  const event = seq === null ? 'an event whose place is no longer known' : `event ${seq}`;
  if (isOther) return `${action} before as ${event}; what you gave now was not published`;
  return `${action}${isRepeat ? ' before' : ''}, ${event}`;
}

function asJson(outcome: Outcome): Record<string, unknown> {
  if (outcome.action === 'failed') {
    const { error } = outcome;
    return {
      error: error.code,
      why: error.found ?? error.message,
      ...(error instanceof StillInvalidError ? { issues: error.issues } : {}),
      ...(error instanceof CautionError ? { cautions: error.cautions } : {}),
    };
  }
  if (outcome.action === 'would pass') return outcome;
  if (outcome.action === 'discarded') return { action: outcome.action, repeat: outcome.isRepeat };
  const { action, seq, refused, isRepeat, isOther } = outcome;
  return {
    action,
    seq,
    repeat: isRepeat,
    other: isOther,
    refused: refused === null ? null : { dead_letter: refused.deadLetter, issues: refused.issues },
  };
}
