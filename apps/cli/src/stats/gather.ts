import { join } from 'node:path';
import { describeError } from '@bitten/runtime';
import type { StoreSummary } from '@bitten/storage/store';
import type { BusStats } from '@bitten/transport';
import { BusLink } from '../bus/link.js';
import { storeFile } from '../query/store-file.js';
import type { CliSettings } from '../settings.js';

/** How things are, or why that cannot be told. */
type Answer<Facts> = ({ ok: true } & Facts) | { ok: false; why: string };

export interface Stats {
  /** Unix seconds. */
  at: number;
  bus: Answer<{ server: string; log_id: string; stats: BusStats }>;
  store: Answer<{ file: string; summary: StoreSummary }>;
}

/** Asks the bus and the store at the same time; neither needs the other. */
export async function gatherStats(settings: CliSettings, signal: AbortSignal): Promise<Stats> {
  const bus = askBus(settings, signal);
  const store = askStore(settings);
  return { at: Date.now() / 1000, bus: await bus, store: await store };
}

async function askBus(settings: CliSettings, signal: AbortSignal): Promise<Stats['bus']> {
  let link: BusLink | undefined;
  try {
    link = await BusLink.open({
      host: settings.host,
      port: settings.busPort,
      keyFile: settings.keyFile,
      name: 'bitten-stats',
      timeout_ms: settings.timeout,
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

async function askStore(settings: CliSettings): Promise<Stats['store']> {
  const file = join(settings.dataDir, storeFile);
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
