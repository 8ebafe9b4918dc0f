import { UsageError } from '@bitten/runtime';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { say } from '../show/terminal.js';
import { makeSettler, openBus } from './bus.js';
import { placesOf, settleMany } from './many.js';
import { OutcomePrinter } from './outcome.js';
import type { SelectOptions } from './select.js';
import { LetterSource } from './source.js';

export interface DiscardOptions extends SelectOptions {
  all?: true;
  reason: string;
  by?: string;
  json?: true;
}

/** Gives dead letters up, with a reason for whoever asks later. */
export async function discardLetters(
  ids: readonly string[],
  options: DiscardOptions,
  context: CommandContext,
): Promise<void> {
  if (options.reason.trim() === '') throw new UsageError('--reason: expected a reason, found none');
  const source = LetterSource.open(resolveSettings(context.program).dataDir);
  try {
    const places = placesOf(ids, options, source);
    const bus = await openBus(context);
    try {
      source.compareLog(bus.logId);
      const printer = new OutcomePrinter({ json: options.json === true });
      const settler = makeSettler(bus, options.by);
      const settle = settler.discard.bind(settler);
      await settleMany({
        places,
        source,
        bus,
        printer,
        signal: context.signal,
        settle: (letter) => settle(letter, options.reason),
      });
      if (places.length !== 1) say(printer.summary());
      if (printer.failed > 0) context.exitWith(1);
    } finally {
      bus.close();
    }
  } finally {
    source.close();
  }
}
