import { join } from 'node:path';
import { BusLink } from '@bitten/client';
import { describeError } from '@bitten/runtime';
import type { StoreSummary } from '@bitten/storage/store';
import type { BusStats } from '@bitten/transport';
import { storeFile, type VitalsPlace } from './place.js';

/** How things are, or why that cannot be told. */
type Answer<Facts> = ({ ok: true } & Facts) | { ok: false; why: string };

export interface Stats {
  /** Unix seconds. */
  at: number;
  bus: Answer<{ server: string; log_id: string; stats: BusStats }>;
  store: Answer<{ file: string; summary: StoreSummary }>;
}

/** Asks the bus and the store at the same time; neither needs the other. */
export async function gatherStats(place: VitalsPlace, signal: AbortSignal): Promise<Stats> {
  const bus = askBus(place, signal);
  const store = askStore(place);
  return { at: Date.now() / 1000, bus: await bus, store: await store };
}

async function askBus(place: VitalsPlace, signal: AbortSignal): Promise<Stats['bus']> {
  let link: BusLink | undefined;
  try {
    link = await BusLink.open({
      host: place.host,
      port: place.busPort,
      keyFile: place.keyFile,
      name: 'bitten-stats',
      timeout_ms: place.timeout,
      signal,
    });
    const [hello, stats] = await Promise.all([link.client.hello(), link.client.stats()]);
    return { ok: true, server: hello.server, log_id: hello.log_id, stats };
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, why: describeError(error) };
  } finally {
    link?.close();
  }
}

async function askStore(place: VitalsPlace): Promise<Stats['store']> {
  const file = join(place.dataDir, storeFile);
  try {
    // Loaded while the bus is being asked: it takes as long as that.
    const { openStore } = await import('@bitten/storage/store');
    const store = openStore({ file, readonly: true });
    try {
      return { ok: true, file, summary: store.summary() };
    } finally {
      store.close();
    }
  } catch (error) {
    return { ok: false, why: describeError(error) };
  }
}
