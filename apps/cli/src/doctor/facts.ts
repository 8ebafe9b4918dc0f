import { findHolder, type LockHolder } from '@bitten/runtime';
import type { ConfigInspection } from '../config/inspect.js';
import { askBus, type BusAnswer } from './bus.js';
import { type Listener, listenersOf } from './listeners.js';
import { type LogOnDisk, readLogOnDisk } from './log.js';
import { type DoctorSettings, settingsOf } from './settings.js';

/** Who holds a role on the data folder; null where nobody has the lock. */
export type Holder = { holder: LockHolder; liveness: 'alive' | 'dead' | 'unknown' } | null;

/** What more than one look needs to know, asked once. */
export interface Facts {
  version: string;
  config: ConfigInspection;
  settings: DoctorSettings;
  holders: { bus: Holder; collector: Holder; rebuild: Holder };
  bus: BusAnswer;
  log: LogOnDisk;
  /** Who listens on the ports of bus and collector. */
  listeners: ReadonlyMap<number, Listener>;
  /** Unix seconds. */
  now: number;
  signal: AbortSignal;
}

export async function gatherFacts(
  config: ConfigInspection,
  { version, signal }: { version: string; signal: AbortSignal },
): Promise<Facts> {
  const settings = settingsOf(config);
  const { dataDir, ports, httpPorts } = settings;
  const bus = await askBus(settings, signal);
  const holders = {
    bus: holderOf(dataDir, 'bus'),
    collector: holderOf(dataDir, 'collector'),
    rebuild: holderOf(dataDir, 'rebuild'),
  };
  const log = await readLogOnDisk(dataDir, { newest: bus.state !== 'answers' });
  const all = [...Object.values(ports), ...Object.values(httpPorts)];
  const listeners = listenersOf(all.filter((port) => port !== null));
  return { version, config, settings, holders, bus, log, listeners, now: Date.now() / 1000, signal };
}

/** A lock that cannot be read because of its folder is told by the look at the folder. */
function holderOf(dir: string, role: string): Holder {
  try {
    return findHolder({ dir, role }) ?? null;
  } catch {
    return null;
  }
}
