import { type Catalogue, decodeEvent } from '@bitten/schema';
import type { Log, Placement } from '@bitten/storage/log';
import type { Admission } from './admission.js';
import type { Batch, Rejection } from './batch.js';
import type { DeadLetters } from './dead-letters.js';
import { type Lines, notUtf8 } from './lines.js';

interface RecallOptions {
  batch: Batch;
  lines: Lines;
  /** How many of the batch's first events were handled before. */
  duplicates: number;
  events: Pick<Log, 'placements'>;
  deadLetters: Pick<DeadLetters, 'placeOf'>;
  admission: Pick<Admission, 'isClaimed'>;
  catalogue: Catalogue;
}

/** What became of events when they were sent for the first time. */
export interface Recalled {
  placements: Placement[];
  rejected: Rejection[];
  /** The first that was never appended, though its number was passed: see `recall`. */
  disputed: number | null;
}

/**
 * Where the events of a repeated batch are.
 *
 * What the log does not know the place of was invalid, which can be told by looking at it again, or appended too long
 * ago. A valid one is neither where it was passed over because somebody who uses the producer's name said that it had
 * been acknowledged, or where it is missing *between* events of its producer whose places are known (which shows the
 * same after a restart). It is in no log, and nobody may be told that it is.
 */
export function recall(options: RecallOptions): Recalled {
  const { batch, duplicates, events } = options;
  const recalled: Recalled = { placements: [], rejected: [], disputed: null };
  const last = batch.first + duplicates - 1;
  for (const run of events.placements(batch.producer, batch.first, last)) {
    if (run.seq !== null) recalled.placements.push(run);
    else recallUnplaced(options, run, recalled);
  }
  return recalled;
}

function recallUnplaced(options: RecallOptions, run: Placement, into: Recalled): void {
  const { batch, lines, events, deadLetters, admission, catalogue } = options;
  const isBetween = events.placements(batch.producer, 1, run.producerSeq).some(({ seq }) => seq !== null);
  for (let n = run.producerSeq; n < run.producerSeq + run.count; n += 1) {
    const i = n - batch.first;
    const decoded = lines.unreadable.has(i) ? null : decodeEvent(lines.texts[i]!, catalogue);
    const dead_letter = deadLetters.placeOf(batch.producer, n);
    if (!decoded?.ok) {
      into.rejected.push({ producer_seq: n, dead_letter, issues: decoded?.issues ?? [notUtf8] });
    } else if (dead_letter === null && (isBetween || admission.isClaimed(batch.producer, n))) {
      into.disputed ??= n;
    } else {
      notePassed(n, into.placements);
    }
  }
}

/** Appended, though nobody knows where any more. */
function notePassed(n: number, placements: Placement[]): void {
  const before = placements.at(-1);
  const joins = before?.seq === null && before.producerSeq + before.count === n;
  if (joins) before.count += 1;
  else placements.push({ producerSeq: n, seq: null, count: 1 });
}
