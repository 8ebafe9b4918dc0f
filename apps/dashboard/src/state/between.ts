import type { SqliteStore, VolumeStats } from '@bitten/storage/store';
import Database from 'better-sqlite3';

/** So many are counted one by one; beyond it a part of an hour is told by its share of the hour. */
const counted_max = 100_000;

export interface Between {
  /** The store's file: counting by the events' own time is not among what a store answers. */
  file: string;
  /** Unix seconds; after this one … */
  from: number;
  /** … and up to this one. */
  to: number;
}

/**
 * How many events of each type happened after one instant and up to another. The whole hours between them are known,
 * the parts at both ends are counted: exactly up to 100,000 events each.
 */
export function eventsBetween(store: SqliteStore, { file, from, to }: Between): Record<string, number> {
  const volume = store.volume({ from, to, step_s: 3_600 });
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const counts = wholeSteps(volume, { from, to });
    for (const [index, begin] of volume.at.entries()) {
      const end = begin + volume.step_s;
      if (isWhole(begin, end, { from, to })) continue;
      const part = { from: Math.max(from, begin), to: Math.min(to, end), isFirst: from >= begin };
      const step = countPart(db, part, to >= end) ?? shareOf(stepOf(volume, index), part, volume.step_s);
      for (const [type, count] of Object.entries(step)) counts.set(type, (counts.get(type) ?? 0) + count);
    }
    return Object.fromEntries([...counts].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a));
  } finally {
    db.close();
  }
}

/** What happened in the steps that lie in it as a whole: type by type, for there may be thousands of both. */
function wholeSteps(
  { at, step_s, series }: VolumeStats,
  range: { from: number; to: number },
): Map<string, number> {
  const whole = at.map((begin) => isWhole(begin, begin + step_s, range));
  const sum = (counts: readonly number[]) =>
    counts.reduce((total, count, step) => (whole[step] === true ? total + count : total), 0);
  return new Map(Object.entries(series).map(([type, counts]) => [type, sum(counts)]));
}

function isWhole(begin: number, end: number, { from, to }: { from: number; to: number }): boolean {
  return from < begin && to >= end;
}

interface Part {
  from: number;
  to: number;
  /** The instant the stretch begins with does not count, the hour's beginning does. */
  isFirst: boolean;
}

/** Null where there are more than can be counted. */
function countPart(
  db: Database.Database,
  { from, to, isFirst }: Part,
  isOpen: boolean,
): Record<string, number> | null {
  const condition = `timestamp ${isFirst ? '>' : '>='} ? AND timestamp ${isOpen ? '<' : '<='} ?`;
  const rows = db
    .prepare(`SELECT t.name, count(*) FROM (SELECT type_id FROM event_rows INDEXED BY event_rows_timestamp
        WHERE ${condition} LIMIT ${counted_max + 1}) r JOIN event_types t ON t.type_id = r.type_id GROUP BY r.type_id`)
    .raw()
    .all(from, to) as Array<[string, number]>;
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  return total > counted_max ? null : Object.fromEntries(rows);
}

function shareOf(known: Record<string, number>, { from, to }: Part, step_s: number): Record<string, number> {
  const share = (to - from) / step_s;
  return Object.fromEntries(Object.entries(known).map(([type, count]) => [type, Math.round(count * share)]));
}

function stepOf({ series }: VolumeStats, index: number): Record<string, number> {
  return Object.fromEntries(Object.entries(series).map(([type, counts]) => [type, counts[index] ?? 0]));
}
