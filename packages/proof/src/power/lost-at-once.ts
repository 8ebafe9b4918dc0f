import { join } from 'node:path';
import { segmentsOf } from '../check/read-log.js';
import { readSegment } from '../check/segment.js';
import type { Life } from '../load/load.js';
import { lastLine, readAcks } from '../system/lines.js';

/**
 * How many acknowledged events lie beyond the log's last good record, and where that is. The quickest look at what
 * a cut has left, before anybody starts on it: the whole of it is checked later.
 */
export function countLostAtOnce(dataDir: string, lives: readonly Life[]): { lost: number; end: number } {
  const end = endOfLog(join(dataDir, 'log'));
  let lost = 0;
  for (const { ackFile } of lives) {
    if (Number(lastLine(ackFile)?.split(' ')[1] ?? 0) < end) continue;
    lost += readAcks(ackFile).filter(({ seq }) => seq !== null && seq >= end).length;
  }
  return { lost, end };
}

/** The `seq` that follows the last good record; 1 where there is no log yet. */
function endOfLog(dir: string): number {
  let end = 1;
  try {
    const last = segmentsOf(dir).at(-1);
    if (last === undefined) return end;
    end = Number.parseInt(last.slice(-24), 10);
    for (const { seq, events } of readSegment(last)) end = seq + events.length;
  } catch {
    // There is no folder yet, or a torn tail: what was never acknowledged may be broken.
  }
  return end;
}
