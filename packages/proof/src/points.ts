/** The processes that are killed at named places. */
export type Victim = 'bus' | 'collector' | 'publisher';

/**
 * What has to be going on for a process to come to a place:
 *
 * - `load`: events are published;
 * - `noRoomAhead`: no segment is prepared, so that the log writes into a growing file and syncs it;
 * - `retention`: old segments are removed;
 * - `tornTail`: a crash has left part of a commit;
 * - `busAway`: the bus is down, publishers spool;
 * - `spoolLeft`: a publisher died with a spool, the bus is back.
 */
type Circumstance = 'load' | 'noRoomAhead' | 'retention' | 'tornTail' | 'busAway' | 'spoolLeft';

/**
 * The places at which a process dies, in the order in which an event comes by. Each is a call of the program to
 * the file system or to SQLite, before, within or after which it is killed; `src/preload/rules.ts` says which.
 */
const places = [
  ['beforeAppend', 'bus', 'load'],
  ['midAppend', 'bus', 'load'],
  ['afterAppendBeforeFsync', 'bus', 'noRoomAhead'],
  ['afterFsyncBeforeAck', 'bus', 'load'],
  ['midDeadLetterAppend', 'bus', 'load'],
  ['afterDeadLettersBeforeEvents', 'bus', 'load'],
  ['midSegmentPrepare', 'bus', 'load'],
  ['midSegmentRollInSnapshot', 'bus', 'load'],
  ['midSegmentRollAfterSnapshot', 'bus', 'load'],
  ['midSegmentRollBeforeRename', 'bus', 'load'],
  ['midSegmentRollAfterRename', 'bus', 'load'],
  ['midSegmentRollBeforeCut', 'bus', 'load'],
  ['midSegmentRollBeforeIndex', 'bus', 'load'],
  ['midSegmentRollInIndex', 'bus', 'load'],
  ['midCursorWrite', 'bus', 'load'],
  ['midCursorWriteBeforeRename', 'bus', 'load'],
  ['midCursorWriteAfterRename', 'bus', 'load'],
  ['midRetentionBeforeSegment', 'bus', 'retention'],
  ['midRetentionAfterSegment', 'bus', 'retention'],
  ['midRetentionAfterIndex', 'bus', 'retention'],
  ['midOpen', 'bus', 'tornTail'],
  ['midTailRepair', 'bus', 'tornTail'],
  ['beforeCommit', 'collector', 'load'],
  ['midCommit', 'collector', 'load'],
  ['afterCommit', 'collector', 'load'],
  ['midCheckpoint', 'collector', 'load'],
  ['beforeSpoolWrite', 'publisher', 'busAway'],
  ['midSpoolWrite', 'publisher', 'busAway'],
  ['afterSpoolWrite', 'publisher', 'busAway'],
  ['midSpoolClaim', 'publisher', 'spoolLeft'],
  ['midSpoolHandover', 'publisher', 'spoolLeft'],
  ['afterSpoolHandover', 'publisher', 'spoolLeft'],
] as const satisfies ReadonlyArray<readonly [string, Victim, Circumstance]>;

/** A place at which a process can be killed. */
export type CrashPoint = (typeof places)[number][0];

export interface CrashPlace {
  point: CrashPoint;
  victim: Victim;
  circumstance: Circumstance;
}

/** Every crash point: cases are generated over this list. */
export const crashPlaces: readonly CrashPlace[] = places.map(([point, victim, circumstance]) => ({
  point,
  victim,
  circumstance,
}));

/** Throws where there is no such point: a bug of the caller. */
export function placeOf(point: CrashPoint): CrashPlace {
  const place = crashPlaces.find((each) => each.point === point);
  if (place === undefined) throw new Error(`there is no crash point ${point}`);
  return place;
}
