import { BusLink } from '@bitten/client';
import { findHolder } from '@bitten/runtime';
import { BittenError } from '@bitten/schema';
import type { CliSettings } from '../settings.js';

/** Up to where the log may be read: what is durable. */
export interface LogEnds {
  events: number;
  dead_letters: number;
}

/**
 * Where the running bus says that its logs end; null where none runs. What stands in the files behind it may be on
 * its way to the disk, and nobody may see an event that a crash can take back.
 *
 * Throws `BusAwayError` where a bus runs that does not answer, and refuses one of another log.
 */
export async function askEnds(
  settings: CliSettings,
  logId: string,
  signal: AbortSignal,
): Promise<LogEnds | null> {
  const running = findHolder({ dir: settings.dataDir, role: 'bus' });
  if (running === undefined || running.liveness === 'dead') return null;
  let link: BusLink | undefined;
  try {
    const { host, busPort: port, keyFile, timeout: timeout_ms } = settings;
    link = await BusLink.open({ host, port, keyFile, name: 'bitten-rebuild', timeout_ms, signal });
    const { log_id } = await link.client.hello();
    if (log_id !== logId) throw foreignBus(link.client.endpoint, log_id, logId);
    const { log, dead_letters } = await link.client.stats();
    return { events: log.next, dead_letters: dead_letters.next };
  } catch (error) {
    signal.throwIfAborted();
    // It may have died just now; then the files say where they end.
    if (findHolder({ dir: settings.dataDir, role: 'bus' })?.liveness !== 'alive') return null;
    throw error;
  } finally {
    link?.close();
  }
}

function foreignBus(endpoint: string, found: string, expected: string): BittenError {
  return new BittenError('foreign_log', `the bus at ${endpoint} keeps log ${found}, not ${expected}`, {
    found: `log ${found}`,
    expected: `log ${expected}, which is in the data folder`,
    remedy: 'say which of them is meant: --bus-port, --data-dir',
  });
}
