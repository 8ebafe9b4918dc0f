import { UsageError } from '@bitten/runtime';
import type { CommandContext } from '../command.js';
import { type SettleOptions, settleSelected } from './many.js';

export interface DiscardOptions extends SettleOptions {
  reason: string;
}

/** Gives dead letters up, with a reason for whoever asks later. */
export async function discardLetters(
  ids: readonly string[],
  options: DiscardOptions,
  context: CommandContext,
): Promise<void> {
  if (options.reason.trim() === '') throw new UsageError('--reason: expected a reason, found none');
  const failed = await settleSelected(ids, {
    options,
    context,
    settleBy: (settler) => (letter) => settler.discard(letter, options.reason),
  });
  if (failed > 0) context.exitWith(1);
}
