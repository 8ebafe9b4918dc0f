import { statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError, type WaitingSpools, waitingSpools } from '@bitten/runtime';
import { BusLink } from '../bus/link.js';
import { storeFile } from '../query/store-file.js';
import type { CliSettings } from '../settings.js';
import { gatherStats, type Stats } from '../stats/gather.js';
import { type ExpectedComponent, type LastHealth, lastHealthOf } from './components.js';

/** Free space of the disk under a folder, or why that cannot be told. */
type Disk = { what: 'data' | 'store' } & ({ free_bytes: number; total_bytes: number } | { why: string });

/** All that a check goes by: gathered once, and judged apart (checks.ts), so that others can judge it as well. */
export interface HealthFacts extends Stats {
  /** When the oldest event that is not stored was appended, Unix seconds; null where there is none, or it is gone. */
  oldest_unstored_at: number | null;
  disks: Disk[];
  spools: WaitingSpools;
  /** Those asked for. */
  components: Map<string, LastHealth | null> | { why: string };
}

export async function gatherHealth(
  settings: CliSettings,
  { components, signal }: { components: readonly ExpectedComponent[]; signal: AbortSignal },
): Promise<HealthFacts> {
  const stats = await gatherStats(settings, signal);
  const names = components.map(({ name }) => name);
  return {
    ...stats,
    oldest_unstored_at: await oldestUnstored(settings, stats, signal),
    disks: disksOf(settings),
    spools: waitingSpools(settings.dataDir),
    components: healthOf(join(settings.dataDir, storeFile), names),
  };
}

/** The next position of the store: its own, or the cursor it has at the bus where it cannot be read. */
export function storedUpTo({ bus, store }: Pick<Stats, 'bus' | 'store'>): number | null {
  if (store.ok && bus.ok && store.summary.log_id === bus.log_id) return store.summary.cursors.events;
  if (!bus.ok) return null;
  return bus.stats.cursors.find(({ name }) => name === 'collector')?.next ?? null;
}

/** Asked only where the store is behind. */
async function oldestUnstored(
  settings: CliSettings,
  stats: Stats,
  signal: AbortSignal,
): Promise<number | null> {
  const from = storedUpTo(stats);
  if (!stats.bus.ok || from === null || from >= stats.bus.stats.log.next) return null;
  const { host, busPort: port, keyFile, timeout: timeout_ms } = settings;
  let link: BusLink | undefined;
  try {
    link = await BusLink.open({ host, port, keyFile, name: 'bitten-check', timeout_ms, signal });
    const { runs } = await link.client.fetch({ from, max_bytes: 1 });
    return runs[0]?.[2] ?? null;
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    link?.close();
  }
}

function disksOf({ dataDir }: CliSettings): Disk[] {
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

function healthOf(file: string, names: readonly string[]): HealthFacts['components'] {
  if (names.length === 0) return new Map();
  try {
    return lastHealthOf(file, names);
  } catch (error) {
    return { why: describeError(error) };
  }
}
