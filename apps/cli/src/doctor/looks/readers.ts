import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CursorInfo } from '@bitten/transport';
import { storeFile } from '@bitten/vitals';
import { runSql } from '../../query/sql.js';
import { amount, count } from '../../show/amount.js';
import { formatDuration } from '../../time.js';
import type { Facts } from '../facts.js';
import { type Finding, ok, warning } from '../finding.js';

/** A reader that has not moved for so long, and has something to read, is hardly at work. */
const still_s_max = 600;

/** Cursors that keep retention from removing what their readers have not read. */
export function lookAtCursors({ bus, now }: Facts): Finding[] {
  if (bus.state !== 'answers') return [];
  const { cursors } = bus.stats;
  const still = cursors.filter((cursor) => holdsInVain(cursor, now));
  if (still.length === 0) return [ok('cursors', `${count(cursors.length, 'cursor')}, none stands still`)];
  return still.map(({ name, lag, committed_at }) => {
    const since =
      committed_at === null ? 'has never moved' : `stands for ${formatDuration(now - committed_at)}`;
    const text = `${name} holds retention, ${since}, and has ${amount(lag)} events to read`;
    return warning(
      'cursors',
      text,
      `start its reader; or, if it never comes back: bitten cursors delete ${name} --force`,
    );
  });
}

/** The collector's own place has a look of its own. */
function holdsInVain({ name, hold, lag, committed_at }: CursorInfo, now: number): boolean {
  if (!hold || lag === 0 || /^collector(\.|$)/.test(name)) return false;
  return committed_at === null || now - committed_at > still_s_max;
}

/** Dead letters that nobody has settled yet, as the store knows them. */
export async function lookAtDeadLetters({ settings }: Facts): Promise<Finding[]> {
  const file = settings.storeFile ?? join(settings.dataDir, storeFile);
  if (!existsSync(file)) return [];
  const open = await countOpen(file);
  // What is wrong with the store is told by its own look.
  if (open === null) return [];
  if (open === 0) return [ok('dead letters', 'none is open')];
  const text = `${count(open, 'dead letter')} ${open === 1 ? 'is' : 'are'} open: refused events that nobody has looked after`;
  return [warning('dead letters', text, 'bitten dead-letters list')];
}

async function countOpen(file: string): Promise<number | null> {
  try {
    const { rows, close } = runSql(file, "SELECT COUNT(*) FROM dead_letters WHERE status = 'open'");
    try {
      for (const [number] of rows) return number as number;
      return null;
    } finally {
      close();
    }
  } catch {
    return null;
  }
}
