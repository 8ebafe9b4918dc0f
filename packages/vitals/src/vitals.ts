import { statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BusLink } from '@bitten/client';
import { describeError, type WaitingSpools, waitingSpools } from '@bitten/runtime';
import { type LastHealth, lastHealthOf } from './last-health.js';
import { storeFile, type VitalsPlace } from './place.js';
import { gatherStats, type Stats } from './stats.js';

/** Free space of the disk under a folder, or why that cannot be told. */
type Disk = { what: 'data' | 'store' } & ({ free_bytes: number; total_bytes: number } | { why: string });

/** How the system is, gathered once; who judges it (a check, an alert, a person) does that apart. */
export interface Vitals extends Stats {
  /** When the oldest event that is not stored was appended, Unix seconds; null where there is none, or it is gone. */
  oldest_unstored_at: number | null;
  disks: Disk[];
  spools: WaitingSpools;
  /** Those asked for. */
  components: Map<string, LastHealth | null> | { why: string };
}

export async function gatherVitals(
  place: VitalsPlace,
  { components, signal }: { components: readonly string[]; signal: AbortSignal },
): Promise<Vitals> {
  const stats = await gatherStats(place, signal);
  return {
    ...stats,
    oldest_unstored_at: await oldestUnstored(place, stats, signal),
    disks: disksOf(place),
    spools: waitingSpools(place.dataDir),
    components: healthOf(join(place.dataDir, storeFile), components),
  };
}

/** The next position of the store: its own, or the cursor it has at the bus where it cannot be read. */
export function storedUpTo({ bus, store }: Pick<Stats, 'bus' | 'store'>): number | null {
  if (store.ok && bus.ok && store.summary.log_id === bus.log_id) return store.summary.cursors.events;
  if (!bus.ok) return null;
  return bus.stats.cursors.find(({ name }) => name === 'collector')?.next ?? null;
}

/** Asked only where the store is behind. */
async function oldestUnstored(place: VitalsPlace, stats: Stats, signal: AbortSignal): Promise<number | null> {
  const from = storedUpTo(stats);
  if (!stats.bus.ok || from === null || from >= stats.bus.stats.log.next) return null;
  const { host, busPort: port, keyFile, timeout: timeout_ms } = place;
  let link: BusLink | undefined;
  try {
    link = await BusLink.open({ host, port, keyFile, name: 'bitten-vitals', timeout_ms, signal });
    const { runs } = await link.client.fetch({ from, max_bytes: 1 });
    return runs[0]?.[2] ?? null;
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    link?.close();
  }
}

function disksOf({ dataDir }: VitalsPlace): Disk[] {
  const folders = [
    { what: 'data', path: join(dataDir, 'log') },
    { what: 'store', path: dirname(join(dataDir, storeFile)) },
  ] as const;
  return folders.map(({ what, path }) => {
    try {
      const { bavail, blocks, bsize } = statfsSync(path);
      return { what, free_bytes: bavail * bsize, total_bytes: blocks * bsize };
    } catch (error) {
      return { what, why: describeError(error) };
    }
  });
}

function healthOf(file: string, names: readonly string[]): Vitals['components'] {
  if (names.length === 0) return new Map();
  try {
    return lastHealthOf(file, names);
  } catch (error) {
    return { why: describeError(error) };
  }
}
