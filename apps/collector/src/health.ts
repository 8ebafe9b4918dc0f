import { type Health, type Logger, type NotReady, type SettingValues, startHealth } from '@bitten/runtime';
import { collectorFamilies } from './metrics.js';
import type { Progress } from './progress.js';
import type { Projection } from './projection.js';
import { collectorSettings } from './settings.js';

/** The parts of the collector that have something to tell, as far as they are there yet. */
export interface CollectorParts {
  progress?: Progress;
  projection?: Projection;
}

interface CollectorHealthOptions {
  settings: SettingValues<typeof collectorSettings>;
  version: string;
  log: Logger;
  starts: number;
  parts: CollectorParts;
  /** Aborted when the collector is asked to stop. */
  signal: AbortSignal;
}

/** Serves the collector's metrics and health from what its parts tell. */
export function startCollectorHealth(options: CollectorHealthOptions): Promise<Health> {
  const { settings, version, log, starts, parts, signal } = options;
  return startHealth({
    app: 'collector',
    version,
    port: settings.httpPort,
    portSetting: collectorSettings.httpPort.env,
    log,
    families: collectorFamilies,
    facts: () => {
      const store = parts.projection?.facts() ?? null;
      if (store === null || parts.progress === undefined) return null;
      const { progress } = parts;
      const [events, deadLetters] = [progress.of('events'), progress.of('dead_letters')];
      return { ...store, starts, progress: { events, dead_letters: deadLetters } };
    },
    notReady: () => whyNotReady(parts, signal.aborted),
  });
}

/** Why the store does not hold what the bus has, or cannot be asked. */
function whyNotReady({ progress, projection }: CollectorParts, isStopping: boolean): readonly NotReady[] {
  if (isStopping) return [{ code: 'stopping', message: 'the collector is stopping' }];
  if (progress === undefined || projection === undefined) {
    return [{ code: 'starting', message: 'the store is being opened' }];
  }
  return progress.notReady();
}
