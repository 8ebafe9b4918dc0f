import type { AlertBook } from '@bitten/notify';
import { type Health, type Logger, type NotReady, type SettingValues, startHealth } from '@bitten/runtime';
import type { LogWatch } from './log-watch.js';
import { alertsFamilies } from './metrics.js';
import type { RuleSource } from './rule-source.js';
import type { RulesInUse } from './rules-in-use.js';
import { alertsSettings } from './settings.js';

/** The parts that have something to tell, as far as they are there yet. */
export interface AlertsParts {
  book: AlertBook;
  /** Alerts recorded since the start. */
  recorded: number;
  rules?: RulesInUse;
  watch?: LogWatch;
}

interface AlertsHealthOptions {
  settings: SettingValues<typeof alertsSettings>;
  version: string;
  log: Logger;
  starts: number;
  parts: AlertsParts;
  source: RuleSource;
  /** Aborted when the alerts are asked to stop. */
  signal: AbortSignal;
}

/** Serves metrics and health of the alerts from what their parts tell. */
export function startAlertsHealth(options: AlertsHealthOptions): Promise<Health> {
  const { settings, version, log, starts, parts, source, signal } = options;
  return startHealth({
    app: 'alerts',
    version,
    port: settings.httpPort,
    portSetting: alertsSettings.httpPort.env,
    log,
    families: alertsFamilies,
    facts: () => {
      if (signal.aborted) return null;
      const { book } = parts;
      return {
        starts,
        recorded: parts.recorded,
        ...book.openCounts(),
        lag: parts.watch?.lag ?? 0,
        rules: parts.rules?.now.rules.length ?? 0,
        isRulesProblem: source.problem !== null,
        silences: book.silences.list().length,
        channels: book.outbox.counts(),
      };
    },
    notReady: () => whyNotReady(parts, signal.aborted),
  });
}

function whyNotReady({ watch }: AlertsParts, isStopping: boolean): readonly NotReady[] {
  if (isStopping) return [{ code: 'stopping', message: 'the alerts are stopping' }];
  return watch?.isFollowing !== true ? [{ code: 'no_bus', message: 'waiting for the bus' }] : [];
}
