import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { storedUpTo, type Vitals } from './vitals.js';

/** What can be put into one number each, by the names alert rules know (docs/ALERTS.md); absent where nobody knows. */
export type Figures = Partial<
  Record<
    | 'collector_lag_events'
    | 'collector_lag_s'
    | 'dead_letters_open'
    | 'disk_free_bytes'
    | 'disk_free_percent'
    | 'backup_age_s',
    number
  >
>;

/** The folder of backups in the data folder. */
const backups = 'backups';

/** The figures of the system; of several disks the one with least room. */
export function figuresOf(vitals: Vitals, dataDir: string): Figures {
  const { bus, store, oldest_unstored_at, disks, at } = vitals;
  const figures: Figures = {};
  const stored = storedUpTo(vitals);
  if (bus.ok && stored !== null) {
    figures.collector_lag_events = Math.max(0, bus.stats.log.next - stored);
    figures.collector_lag_s = oldest_unstored_at === null ? 0 : Math.max(0, at - oldest_unstored_at);
  }
  if (store.ok) figures.dead_letters_open = store.summary.dead_letters_open;
  const known = disks.flatMap((disk) => ('why' in disk ? [] : [disk]));
  if (known.length > 0) {
    figures.disk_free_bytes = Math.min(...known.map(({ free_bytes }) => free_bytes));
    const shares = known.map(({ free_bytes, total_bytes }) => (100 * free_bytes) / Math.max(1, total_bytes));
    figures.disk_free_percent = Math.min(...shares);
  }
  const newest = newestBackup(join(dataDir, backups));
  if (newest !== null) figures.backup_age_s = Math.max(0, at - newest);
  return figures;
}

/** When the newest file was written, Unix seconds; null where there is none. */
function newestBackup(folder: string): number | null {
  try {
    const times = readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs / 1000);
    return times.length === 0 ? null : Math.max(...times);
  } catch {
    return null;
  }
}
