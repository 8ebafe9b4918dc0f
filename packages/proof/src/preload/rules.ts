import type { CrashPoint } from '../points.js';
import { type Call, isAppend, isRepair } from './calls.js';

/** When, at a call, a process dies. */
export interface Rule {
  when: 'before' | 'within' | 'after';
  matches: (call: Call) => boolean;
}

/** The points that SQLite is at: `preload/sqlite.ts` knows them. */
export type SqlitePoint = 'beforeCommit' | 'midCommit' | 'afterCommit' | 'midCheckpoint';

const inLog = (call: Call): boolean => /\/log\/[^/]+$/.test(call.path);
const inDeadLetters = (call: Call): boolean => /\/dead-letters\/[^/]+$/.test(call.path);
const inSpool = (call: Call): boolean => call.path.includes('/spool/');

/** A call of one kind on a file of the log whose name ends so. */
function on(what: Call['what'], ending: RegExp): (call: Call) => boolean {
  return (call) => call.what === what && inLog(call) && ending.test(call.path);
}

/** The folder of one spool, removed when all of it is acknowledged. */
const clearsSpool = (call: Call): boolean =>
  call.what === 'remove' && /\/spool\/[^/]+\/[^/]+$/.test(call.path);

/** Each point that is a call to the file system. */
export const rules: Readonly<Record<Exclude<CrashPoint, SqlitePoint>, Rule>> = {
  beforeAppend: { when: 'before', matches: (call) => inLog(call) && isAppend(call) },
  midAppend: { when: 'within', matches: (call) => inLog(call) && isAppend(call) },
  afterAppendBeforeFsync: {
    when: 'before',
    matches: (call) => call.what === 'sync' && inLog(call) && call.followsAppend === true,
  },
  afterFsyncBeforeAck: {
    when: 'after',
    matches: (call) =>
      inLog(call) &&
      ((isAppend(call) && call.durable === true) || (call.what === 'sync' && call.followsAppend === true)),
  },
  midDeadLetterAppend: { when: 'within', matches: (call) => inDeadLetters(call) && isAppend(call) },
  afterDeadLettersBeforeEvents: { when: 'after', matches: (call) => inDeadLetters(call) && isAppend(call) },
  midSegmentPrepare: { when: 'before', matches: on('writeLater', /\/next-[^/]+\.tmp$/) },
  midSegmentRollInSnapshot: { when: 'within', matches: on('write', /\.producers\.tmp$/) },
  midSegmentRollAfterSnapshot: { when: 'after', matches: on('rename', /\.producers$/) },
  midSegmentRollBeforeRename: { when: 'before', matches: on('rename', /\.seg$/) },
  midSegmentRollAfterRename: { when: 'after', matches: on('rename', /\.seg$/) },
  midSegmentRollBeforeCut: { when: 'before', matches: on('truncate', /\.seg$/) },
  midSegmentRollBeforeIndex: { when: 'before', matches: on('open', /\.idx\.tmp$/) },
  midSegmentRollInIndex: { when: 'within', matches: on('write', /\.idx\.tmp$/) },
  midCursorWrite: { when: 'within', matches: on('write', /cursors\.json\.new$/) },
  midCursorWriteBeforeRename: { when: 'before', matches: on('rename', /cursors\.json$/) },
  midCursorWriteAfterRename: { when: 'after', matches: on('rename', /cursors\.json$/) },
  midRetentionBeforeSegment: { when: 'before', matches: on('remove', /\.seg$/) },
  midRetentionAfterSegment: { when: 'after', matches: on('remove', /\.seg$/) },
  midRetentionAfterIndex: { when: 'after', matches: on('remove', /\.idx$/) },
  midOpen: { when: 'before', matches: (call) => inLog(call) || inDeadLetters(call) },
  // Zeroed where there is room prepared behind it, cut off where there is none.
  midTailRepair: {
    when: 'within',
    matches: (call) => inLog(call) && (isRepair(call) || on('truncate', /\.seg$/)(call)),
  },
  beforeSpoolWrite: { when: 'before', matches: (call) => inSpool(call) && isAppend(call) },
  midSpoolWrite: { when: 'within', matches: (call) => inSpool(call) && isAppend(call) },
  afterSpoolWrite: { when: 'after', matches: (call) => inSpool(call) && isAppend(call) },
  midSpoolClaim: {
    when: 'after',
    matches: (call) => call.what === 'rename' && inSpool(call) && /\/owner\.\d+\.json$/.test(call.path),
  },
  midSpoolHandover: { when: 'before', matches: clearsSpool },
  afterSpoolHandover: { when: 'after', matches: clearsSpool },
};

export function isSqlitePoint(point: CrashPoint): point is SqlitePoint {
  return !(point in rules);
}
