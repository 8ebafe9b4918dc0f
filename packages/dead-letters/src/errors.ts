import { BittenError, describeIssue, type Issue } from '@bitten/schema';
import type { Caution } from './cautions.js';

/** The bus has no such dead letter. */
export class NoSuchLetterError extends BittenError {
  constructor(place: number, why: string) {
    super('no_such_letter', `there is no dead letter ${place}: ${why}`, {
      found: why,
      expected: 'the place of a dead letter',
      remedy: 'bitten dead-letters list --all shows those there are',
    });
  }
}

/** The store's dead letters are of another log than the bus's: their places mean nothing there. */
export class OtherLogError extends BittenError {
  constructor(stored: string, found: string) {
    super('other_log', `the store is of the log ${stored}, the bus has the log ${found}`, {
      found,
      expected: stored,
      remedy: 'name the data folder that belongs to this bus (--data-dir), or its port (--bus-port)',
    });
  }
}

/** What is to be driven again breaks the rules as it stands: the bus would refuse it. Nothing was sent. */
export class StillInvalidError extends BittenError {
  readonly issues: readonly Issue[];

  constructor(place: number, issues: readonly Issue[]) {
    const why = issues.map(describeIssue).join('; ');
    super('still_invalid', `dead letter ${place} would be refused again: ${why}`, {
      found: why,
      expected: 'an event that obeys the rules of its type',
      remedy: 'correct it (edit), or discard it',
    });
    this.issues = issues;
  }
}

/** Somebody should think before this is driven again. Nothing was sent. */
export class CautionError extends BittenError {
  readonly cautions: readonly Caution[];

  constructor(place: number, cautions: readonly Caution[]) {
    const why = cautions.map((caution) => caution.why).join('; ');
    super('needs_force', `dead letter ${place} is not driven again without force: ${why}`, {
      found: why,
      expected: 'somebody who means it',
      remedy: 'drive it again with force (--force), correct it, or discard it',
    });
    this.cautions = cautions;
  }
}

/** The dead letter has been driven again already: it cannot be discarded, or be driven a second time. */
export class AlreadyDrivenError extends BittenError {
  constructor(place: number, found: string) {
    super('already_driven', `dead letter ${place} has been driven again already: ${found}`, {
      found,
      expected: 'one that is open or discarded',
      remedy: 'an event cannot be taken back; retrying it only says again what became of it',
    });
  }
}

/** What was to be said of a dead letter breaks a rule of `dead_letter_resolved`. Nothing was sent. */
export class BadResolutionError extends BittenError {
  constructor(issues: readonly Issue[]) {
    const why = issues.map(describeIssue).join('; ');
    super('bad_resolution', `this cannot be said of a dead letter: ${why}`, {
      found: why,
      expected: 'the fields of dead_letter_resolved',
      remedy: 'a reason has at most 500 characters, a name at most 100',
    });
  }
}

/** A change cannot be made to a payload; `found` says what stands in the way. */
export class BadChangeError extends BittenError {
  constructor(what: string, found: string, remedy = 'give the whole payload instead') {
    super('bad_change', `${what}: ${found}`, { found, remedy });
  }
}
