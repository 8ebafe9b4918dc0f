import { CautionError, type DeadLetter, examine, StillInvalidError } from '@bitten/dead-letters';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { say } from '../show/terminal.js';
import { makeSettler, openBus } from './bus.js';
import { placesOf, settleMany } from './many.js';
import { type Outcome, OutcomePrinter } from './outcome.js';
import type { SelectOptions } from './select.js';
import { LetterSource } from './source.js';

export interface RetryOptions extends SelectOptions {
  all?: true;
  dryRun?: true;
  force?: true;
  reason?: string;
  by?: string;
  json?: true;
}

/** Drives dead letters again as they are. */
export async function retryLetters(
  ids: readonly string[],
  options: RetryOptions,
  context: CommandContext,
): Promise<void> {
  const source = LetterSource.open(resolveSettings(context.program).dataDir);
  try {
    const places = placesOf(ids, options, source);
    const bus = await openBus(context);
    try {
      source.compareLog(bus.logId);
      const printer = new OutcomePrinter({ json: options.json === true });
      const settler = makeSettler(bus, options.by);
      const { force = false, reason } = options;
      const settle = options.dryRun
        ? async (letter: DeadLetter) => foresee(letter, force)
        : (letter: DeadLetter) => settler.retry(letter, { force, reason });
      await settleMany({ places, source, bus, printer, signal: context.signal, settle });
      if (places.length !== 1) say(printer.summary());
      if (printer.failed > 0 && !options.dryRun) context.exitWith(1);
    } finally {
      bus.close();
    }
  } finally {
    source.close();
  }
}

/** What `retry` would say, without the bus: throws the same. */
function foresee(letter: DeadLetter, force: boolean): Outcome {
  const { event, issues, cautions } = examine(letter);
  if (event === null) throw new StillInvalidError(letter.id, issues);
  if (cautions.length > 0 && !force) throw new CautionError(letter.id, cautions);
  return { action: 'would pass' };
}
