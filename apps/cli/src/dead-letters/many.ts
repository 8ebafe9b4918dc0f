import { type DeadLetter, NoSuchLetterError, type Settler } from '@bitten/dead-letters';
import { BittenError } from '@bitten/schema';
import type { CommandContext } from '../command.js';
import { resolveSettings } from '../settings.js';
import { say } from '../show/terminal.js';
import { type LetterBus, makeSettler, openBus } from './bus.js';
import { type Outcome, OutcomePrinter } from './outcome.js';
import { readPlaces, readSelection, type SelectOptions } from './select.js';
import { LetterSource } from './source.js';

/** So many are on their way at once: they share the bus's commits. A payload may have 8 MiB, so not many more. */
const together = 16;
const progress_ms = 2_000;

interface ManyOptions {
  places: readonly number[];
  source: LetterSource;
  bus: LetterBus;
  printer: OutcomePrinter;
  signal: AbortSignal;
  /** What to do with each. What it throws on purpose is that letter's outcome, and stops no other. */
  settle: Settle;
}

type Settle = (letter: DeadLetter) => Promise<Outcome>;

/** The options that every command for many has. */
export interface SettleOptions extends SelectOptions {
  all?: true;
  by?: string;
  json?: true;
}

/**
 * Does the same with those that were named, or with all open ones of a selection, oldest first; says what became of
 * each and, of several, how many. Returns how many could not be settled.
 */
export async function settleSelected(
  ids: readonly string[],
  {
    options,
    context,
    settleBy,
  }: { options: SettleOptions; context: CommandContext; settleBy: (settler: Settler) => Settle },
): Promise<number> {
  const source = LetterSource.open(resolveSettings(context.program).dataDir);
  try {
    const places =
      readPlaces(ids, options) ?? source.places({ ...readSelection(options), statuses: ['open'] });
    const bus = await openBus(context);
    try {
      source.compareLog(bus.logId);
      const printer = new OutcomePrinter({ json: options.json === true });
      const settle = settleBy(makeSettler(bus, options.by));
      await settleMany({ places, source, bus, printer, signal: context.signal, settle });
      if (places.length !== 1) say(printer.summary());
      return printer.failed;
    } finally {
      bus.close();
    }
  } finally {
    source.close();
  }
}

/** Settles many, a few at a time, in the order of their places, and prints what became of each. */
export async function settleMany(options: ManyOptions): Promise<void> {
  const { places, printer, signal } = options;
  let done = 0;
  const timer = setInterval(() => say(`${done} of ${places.length} done`), progress_ms);
  try {
    for (; done < places.length && !signal.aborted; done += together) {
      const some = places.slice(done, done + together);
      const outcomes = await Promise.all(some.map((place) => settleOne(place, options)));
      for (const [at, outcome] of outcomes.entries()) printer.print(some[at]!, outcome);
    }
  } finally {
    clearInterval(timer);
  }
}

/** What is wrong with one letter is told of it; a bus that has gone ends all. */
async function settleOne(place: number, { source, bus, settle }: ManyOptions): Promise<Outcome> {
  try {
    return await settle(await source.read(place, bus));
  } catch (error) {
    if (!isOfOneLetter(error)) throw error;
    return { action: 'failed', error };
  }
}

const ofOneLetter: ReadonlySet<string> = new Set(['still_invalid', 'needs_force', 'already_driven']);

function isOfOneLetter(error: unknown): error is BittenError {
  return error instanceof NoSuchLetterError || (error instanceof BittenError && ofOneLetter.has(error.code));
}
