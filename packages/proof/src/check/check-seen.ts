import type { Watch } from '../load/load.js';
import { wholeLines } from '../system/lines.js';
import { type Ownership, ownerOf } from './places.js';
import type { Findings } from './verdict.js';

/**
 * What subscribers saw is the log: everything at least once over all lives of a durable cursor, each life without
 * a gap or a repeat, and each event the one that is logged. `end` is the `seq` the next event would get.
 */
export function checkSeen(
  findings: Findings,
  { watches, owners, end }: { watches: readonly Watch[]; owners: Ownership; end: number },
): void {
  let seenUpTo = 0;
  for (const [life, { seenFile }] of watches.entries()) {
    let before: number | undefined;
    for (const line of wholeLines(seenFile)) {
      const [seq, run, n] = line.split(' ');
      if (seq === 'gap') {
        findings.wrong('misseen', `subscriber ${life} was told of a gap, ${line}, though its cursor holds`);
        continue;
      }
      findings.counts.seen += 1;
      const place = Number(seq);
      const expected = before === undefined ? Math.min(place, seenUpTo + 1) : before + 1;
      if (place !== expected) {
        findings.wrong('misseen', `subscriber ${life} saw ${place} where ${expected} was to come`);
      }
      const owner = n === '-' || n === undefined ? -1 : ownerOf(Number(run), Number(n));
      if (owners.ownerAt(place) !== owner) {
        findings.wrong('misseen', `subscriber ${life} saw event ${n} of life ${run} at ${place}`);
      }
      before = place;
      seenUpTo = Math.max(seenUpTo, place);
    }
  }
  if (watches.length > 0 && seenUpTo < end - 1) {
    findings.wrong('misseen', `the subscriber saw ${seenUpTo} of ${end - 1} events`, end - 1 - seenUpTo);
  }
}
