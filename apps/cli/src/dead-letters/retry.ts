import { CautionError, type DeadLetter, examine, StillInvalidError } from '@bitten/dead-letters';
import type { CommandContext } from '../command.js';
import { type SettleOptions, settleSelected } from './many.js';
import type { Outcome } from './outcome.js';

export interface RetryOptions extends SettleOptions {
  dryRun?: true;
  force?: true;
  reason?: string;
}

/** Drives dead letters again as they are. */
export async function retryLetters(
  ids: readonly string[],
  options: RetryOptions,
  context: CommandContext,
): Promise<void> {
  const { dryRun = false, force = false, reason } = options;
  const failed = await settleSelected(ids, {
    options,
    context,
    settleBy: (settler) =>
      dryRun
        ? async (letter) => foresee(letter, force)
        : (letter) => settler.retry(letter, { force, reason }),
  });
  if (failed > 0 && !dryRun) context.exitWith(1);
}

/** What `retry` would say, without the bus: throws the same. */
function foresee(letter: DeadLetter, force: boolean): Outcome {
  const { event, issues, cautions } = examine(letter);
  if (event === null) throw new StillInvalidError(letter.id, issues);
  if (cautions.length > 0 && !force) throw new CautionError(letter.id, cautions);
  return { action: 'would pass' };
}
