import type { SqliteStore, VolumeStats } from '@bitten/storage/store';
import Database from 'better-sqlite3';
import type { History } from '../api/index.js';

/** Up to so many events are placed one by one; more by the hours they happened in. */
const placed_max = 300_000;

/** What the slider ranges over, and how much happened in each of some equal steps of it. */
export function historyOf(store: SqliteStore, { file, steps }: { file: string; steps: number }): History {
  const range = store.history();
  if (range === null) return { from: null, to: null, counts: [] };
  const { from, to } = range;
  const volume = store.volume({ from, to });
  const total = Object.values(volume.series)
    .flat()
    .reduce((sum, count) => sum + count, 0);
  const width = (to - from) / steps;
  // All at the same moment: one step is all there is to draw.
  if (width === 0) return { from, to, counts: [total] };
  const counts =
    total <= placed_max ? placed(file, { from, width, steps }) : spread(volume, { from, width, steps });
  return { from, to, counts };
}

interface Steps {
  from: number;
  /** Seconds. */
  width: number;
  steps: number;
}

function placed(file: string, { from, width, steps }: Steps): number[] {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const rows = db
      .prepare(`SELECT CAST((timestamp - ?) / ? AS INTEGER) AS step, count(*)
        FROM event_rows INDEXED BY event_rows_timestamp WHERE timestamp >= ? GROUP BY step`)
      .raw()
      .all(from, width, from) as Array<[number, number]>;
    const counts = new Array<number>(steps).fill(0);
    // The last event stands at the very end, and belongs to the last step; so does what has come since.
    for (const [step, count] of rows) counts[Math.min(step, steps - 1)]! += count;
    return counts;
  } finally {
    db.close();
  }
}

/** Each hour's events evenly over the steps it touches. */
export function spread({ at, step_s, series }: VolumeStats, { from, width, steps }: Steps): number[] {
  const counts = new Array<number>(steps).fill(0);
  const to = from + width * steps;
  for (const [index, begin] of at.entries()) {
    const events = Object.values(series).reduce((sum, column) => sum + (column[index] ?? 0), 0);
    const [first, last] = [Math.max(begin, from), Math.min(begin + step_s, to)];
    if (events === 0 || last <= first) continue;
    for (
      let step = Math.floor((first - from) / width);
      step < steps && from + step * width < last;
      step += 1
    ) {
      const [start, end] = [Math.max(first, from + step * width), Math.min(last, from + (step + 1) * width)];
      counts[step]! += (events * Math.max(0, end - start)) / (last - first);
    }
  }
  return counts.map(Math.round);
}
