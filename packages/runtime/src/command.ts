import { settlesBy } from './components.js';
import { describeError, UsageError } from './errors.js';
import { exitCodes } from './exit-codes.js';
import { watchBrokenPipe, watchSignals } from './interrupts.js';
import { SettingsError } from './settings/problems.js';

export interface CommandOptions {
  /** What its error messages begin with. */
  name: string;
  /** Does the work and returns the exit code; nothing means 0. Ends early, in good order, when `signal` aborts. */
  run: (signal: AbortSignal) => Promise<number | undefined>;
  /** How long it may take to end after a signal; default 5,000. */
  stop_deadline_ms?: number;
}

/**
 * Runs one command of a command line to its exit code; it never returns. Its failure is one line on standard
 * error and exit code 1, or 2 where it was called wrongly. SIGINT exits with 130 and SIGTERM with 143 after the
 * command has ended in good order, at once at a second SIGINT. A closed pipe ends it quietly: `… | head` is not a
 * failure. What was written to standard output is out before it exits.
 */
export async function runCommand(options: CommandOptions): Promise<never> {
  const abort = new AbortController();
  let interruptedBy: number | undefined;
  let isPipeBroken = false;
  const release = watchSignals({
    onStop: (signal) => {
      interruptedBy = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
      abort.abort();
    },
    onHurry: () => process.exit(exitCodes.interrupted),
  });
  watchBrokenPipe(() => {
    isPipeBroken = true;
    abort.abort();
  });
  let code: number = exitCodes.ok;
  const work = options.run(abort.signal).then(
    (result) => {
      code = result ?? exitCodes.ok;
    },
    (error: unknown) => {
      code = abort.signal.aborted ? exitCodes.ok : reportFailure(options.name, error);
    },
  );
  await endOf(work, abort.signal, options.stop_deadline_ms ?? 5_000);
  release();
  if (!isPipeBroken) await drainOutput();
  process.exit(interruptedBy ?? (isPipeBroken ? exitCodes.ok : code));
}

/** Waits for the work; once it has been asked to end, no longer than the deadline. */
async function endOf(work: Promise<void>, signal: AbortSignal, deadlineMs: number): Promise<void> {
  // Waiting for a promise does not keep a process alive.
  const keepAlive = setInterval(() => {}, 2 ** 30);
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
  await Promise.race([work, aborted]);
  if (signal.aborted) await settlesBy(() => work, performance.now() + deadlineMs);
  clearInterval(keepAlive);
}

function reportFailure(name: string, error: unknown): number {
  process.stderr.write(`${name}: ${describeError(error)}\n`);
  return error instanceof UsageError || error instanceof SettingsError ? exitCodes.usage : exitCodes.failure;
}

function drainOutput(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write('', () => resolve());
  });
}
