import { UsageError } from '@bitten/runtime';
import type { DeadLetterQuery } from '@bitten/storage/store';
import { parseMoment } from '../time.js';

/** The options by which dead letters are named, other than by their places. */
export interface SelectOptions {
  type?: string[];
  source?: string[];
  since?: string;
}

/** What the options ask the store for. Throws `UsageError`. */
export function readSelection({ type, source, since }: SelectOptions): DeadLetterQuery {
  return {
    ...(type === undefined ? {} : { event_types: type }),
    ...(source === undefined ? {} : { sources: source }),
    ...(since === undefined ? {} : { since: parseMoment(since, '--since', Date.now() / 1000) }),
  };
}

/** Throws `UsageError` for what is no place in a log. */
export function readPlace(text: string): number {
  const place = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(place)) return place;
  throw new UsageError(`expected the number of a dead letter, found ${JSON.stringify(text)}`, 'write 17');
}

/**
 * The places that were named, each once, or null for all that a selection tells. Throws `UsageError` where neither or
 * both were given.
 */
export function readPlaces(
  ids: readonly string[],
  options: SelectOptions & { all?: true | undefined },
): number[] | null {
  const isSelected =
    options.type !== undefined || options.source !== undefined || options.since !== undefined;
  if (ids.length > 0) {
    if (!options.all && !isSelected) return [...new Set(ids.map(readPlace))];
    throw new UsageError('numbers and a selection both say which dead letters', 'give one of them');
  }
  if (options.all) return null;
  throw new UsageError(
    isSelected ? 'a selection means many: say so' : 'which dead letters?',
    isSelected ? 'add --all' : 'give their numbers, or --all (with --type, --source, --since)',
  );
}
