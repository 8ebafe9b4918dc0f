import { BittenError } from '@bitten/schema';

/** A command was called wrongly: exit code 2. */
export class UsageError extends BittenError {
  constructor(message: string, remedy = '--help shows how it is called') {
    super('usage', message, { remedy });
  }
}

/** Something did not stop in time; `component` is its name. */
export class StopDeadlineError extends BittenError {
  readonly component: string;

  constructor(component: string, deadlineMs: number) {
    super('stop_deadline', `${component} did not stop within ${Math.ceil(deadlineMs)} ms`, {
      remedy: 'the process ends anyway; what is on disk stays whole, and the next start recovers it',
    });
    this.component = component;
  }
}

/** The message and the remedy in one line; anything that is not an error of ours by its message alone. */
export function describeError(error: unknown): string {
  if (error instanceof BittenError) {
    // The remedy is part of some messages already, where there is one for each of several problems.
    const { message, remedy } = error;
    return remedy === undefined || message.includes(remedy) ? message : `${message}; ${remedy}`;
  }
  return error instanceof Error ? error.message : String(error);
}
