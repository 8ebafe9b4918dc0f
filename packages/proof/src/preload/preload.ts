// Loaded into a process before its program (`node --import`), where `PROOF_PLAN` says what is to happen in it. The
// program itself is the one that people run: it is not built otherwise and knows nothing of this.
import { isMainThread } from 'node:worker_threads';
import type { Call, Fate } from './calls.js';
import { shiftClock } from './clock.js';
import { die, note } from './die.js';
import { fullDisk } from './disk-full.js';
import type { Plan } from './plan.js';
import { isSqlitePoint, rules } from './rules.js';
import { watchFs } from './watch-fs.js';

/** Looking for old segments every ten seconds would make a story of minutes. */
const patientInterval_ms = 5_000;
const retentionInterval_ms = 150;

const text = process.env.PROOF_PLAN;
if (isMainThread && text !== undefined) await carryOut(JSON.parse(text) as Plan);

async function carryOut({ hitsFile, crash, clock = [], diskFull }: Plan): Promise<void> {
  if (clock.length > 0) shiftClock(clock);
  const fateAtPoint =
    crash === undefined || isSqlitePoint(crash.point) ? undefined : crasher(hitsFile, crash);
  const refuse = diskFull === undefined ? undefined : fullDisk(diskFull, () => note(hitsFile, 'diskFull'));
  if (fateAtPoint !== undefined || refuse !== undefined) {
    watchFs({
      before(call) {
        refuse?.(call);
        return fateAtPoint?.(call, 'before');
      },
      after: (call) => fateAtPoint?.(call, 'after')?.end(),
    });
  }
  if (crash === undefined) return;
  if (crash.point.startsWith('midRetention')) hurryIntervals();
  if (!isSqlitePoint(crash.point)) return;
  // Only a process that uses SQLite loads it.
  const { crashInSqlite } = await import('./sqlite.js');
  crashInSqlite(hitsFile, { ...crash, point: crash.point });
}

type Moment = 'before' | 'after';

/** Counts the calls that are a point, and says at which one, and how, the process dies. */
function crasher(
  hitsFile: string,
  { point, nth, share }: NonNullable<Plan['crash']>,
): (call: Call, moment: Moment) => Fate | undefined {
  if (isSqlitePoint(point)) throw new Error(`${point} is no call to the file system`);
  const { when, matches } = rules[point];
  const counts: Moment = when === 'after' ? 'after' : 'before';
  let left = nth;
  return (call, moment) => {
    if (point === 'afterAppendBeforeFsync') refuseRoomAhead(call);
    if (moment !== counts || !matches(call)) return undefined;
    left -= 1;
    if (left > 0) return undefined;
    return { share: when === 'within' ? share : 0, end: () => die(hitsFile, point) };
  };
}

/** Without a prepared segment the log writes a growing file, and syncs it in a call of its own. */
function refuseRoomAhead({ what, path }: Call): void {
  if (what !== 'open' || !/\/next-[^/]+\.tmp$/.test(path)) return;
  throw Object.assign(new Error(`ENOSPC: no space left on device, open '${path}'`), { code: 'ENOSPC' });
}

function hurryIntervals(): void {
  const { setInterval: patient } = globalThis;
  const hurried = (handler: () => void, ms = 0): NodeJS.Timeout =>
    patient(handler, ms >= patientInterval_ms ? retentionInterval_ms : ms);
  globalThis.setInterval = hurried as typeof globalThis.setInterval;
}
