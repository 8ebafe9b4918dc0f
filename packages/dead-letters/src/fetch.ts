import { GapError } from '@bitten/schema';
import { PositionBeyondEndError } from '@bitten/transport';
import type { Ask } from './ask.js';
import { NoSuchLetterError, OtherLogError } from './errors.js';
import type { DeadLetter } from './letter.js';

/** A dead letter from the bus's own log, which has it before the store does. Throws `NoSuchLetterError`. */
export async function fetchLetter(ask: Ask, place: number): Promise<DeadLetter> {
  const line = await fetchLine(ask, { log: 'dead_letters', place });
  if (line.text === null) throw new NoSuchLetterError(place, line.why);
  return { ...(JSON.parse(line.text) as Omit<DeadLetter, 'id'>), id: place };
}

/** What the store says before the bus is asked; a store that is not there says null to both. */
export interface StoredLetters {
  /** The log its dead letters are of. */
  logId: string | null;
  /** The one at the place, with its status. */
  letter: DeadLetter | null;
}

/**
 * A dead letter from the store, which knows its status, else from the bus, whose log has it first. Throws
 * `OtherLogError` where the two are not of one log, and `NoSuchLetterError`.
 */
export async function findLetter(
  place: number,
  { stored, ask, logId }: { stored: StoredLetters; ask: Ask; logId: string },
): Promise<DeadLetter> {
  if (stored.logId !== null && stored.logId !== logId) throw new OtherLogError(stored.logId, logId);
  return stored.letter ?? fetchLetter(ask, place);
}

/** The text of the event at a place; null where it is not there any more. */
export async function fetchEvent(ask: Ask, seq: number): Promise<string | null> {
  return (await fetchLine(ask, { log: 'events', place: seq })).text;
}

type Line = { text: string } | { text: null; why: string };

async function fetchLine(
  ask: Ask,
  { log, place }: { log: 'events' | 'dead_letters'; place: number },
): Promise<Line> {
  try {
    const page = await ask((client) => client.fetch({ log, from: place, max_bytes: 1 }));
    if (page.runs[0]?.[0] !== place) return { text: null, why: `the log ends before ${page.end}` };
    const end = page.body.indexOf('\n');
    return { text: page.body.toString('utf8', 0, end === -1 ? page.body.length : end) };
  } catch (error) {
    if (error instanceof PositionBeyondEndError || error instanceof GapError) {
      return { text: null, why: error.message };
    }
    throw error;
  }
}
