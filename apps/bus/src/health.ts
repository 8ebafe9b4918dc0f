import type { Broker } from '@bitten/broker';
import {
  type Health,
  type Logger,
  type NotReady,
  type SettingValues,
  startHealth,
  waitingSpools,
} from '@bitten/runtime';
import { busFamilies } from './metrics.js';
import { busSettings } from './settings.js';

interface BusHealthOptions {
  settings: SettingValues<typeof busSettings>;
  version: string;
  log: Logger;
  starts: number;
  /** Undefined before it has been made. */
  broker: () => Broker | undefined;
  /** Aborted when the bus is asked to stop. */
  signal: AbortSignal;
}

/** Serves the bus's metrics and health from what the broker tells. */
export function startBusHealth({
  settings,
  version,
  log,
  starts,
  broker,
  signal,
}: BusHealthOptions): Promise<Health> {
  return startHealth({
    app: 'bus',
    version,
    port: settings.httpPort,
    portSetting: busSettings.httpPort.env,
    log,
    families: busFamilies,
    facts: () => {
      const facts = broker()?.facts() ?? null;
      if (facts === null) return null;
      return { ...facts, now: Date.now() / 1000, starts, spools: waitingSpools(settings.dataDir) };
    },
    notReady: () => whyNotReady(broker(), signal.aborted),
  });
}

/** Why the bus cannot take events in now. */
function whyNotReady(broker: Broker | undefined, isStopping: boolean): NotReady[] {
  if (isStopping) return [{ code: 'stopping', message: 'the bus is stopping' }];
  const facts = broker?.facts() ?? null;
  if (facts === null) return [{ code: 'starting', message: 'the bus is opening its log' }];
  const { unavailable } = facts;
  if (unavailable == null) return [];
  const message = `the log cannot be written: ${unavailable.why}; publishers keep their events`;
  return [{ code: 'log_unavailable', message, since: unavailable.since }];
}
