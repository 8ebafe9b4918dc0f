import { UsageError } from '@bitten/runtime';
import { shorten } from '@bitten/schema';
import type { Position } from '@bitten/transport';
import { parseMoment } from './time.js';

/**
 * A place in the log as it is written on the command line: `now`, `start` or a `seq` for `flag`, a time for
 * `--since`. Undefined where neither was given. Throws `UsageError`.
 */
export function parsePosition(
  given: { place?: string | undefined; since?: string | undefined },
  flag: string,
): Position | undefined {
  const { place, since } = given;
  if (place !== undefined && since !== undefined) {
    throw new UsageError(`${flag} and --since each name a place`, 'give one of them');
  }
  if (since !== undefined) return { time: parseMoment(since, '--since', Date.now() / 1000) };
  if (place === undefined) return undefined;
  if (place === 'now') return 'end';
  if (place === 'start') return 'start';
  if (/^[1-9]\d{0,15}$/.test(place)) return Number(place);
  throw new UsageError(
    `${flag}: expected now, start or a seq, found ${shorten(place)}`,
    'for a time there is --since',
  );
}
