import { join } from 'node:path';
import { defineSettings, sharedSettings } from '@bitten/runtime';
import * as v from 'valibot';

const { dataDir, host, busPort, logLevel, logFormat } = sharedSettings;

export const collectorSettings = defineSettings({
  dataDir,
  host,
  busPort,
  logLevel,
  logFormat,
  database: {
    env: 'BITTEN_DATABASE',
    flag: '--database',
    schema: v.nullable(v.string()),
    default: null,
    path: true,
    description: 'the SQLite file; none is bitten_events.db in the data folder',
  },
  linger: {
    env: 'BITTEN_COLLECTOR_LINGER',
    flag: '--linger',
    schema: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000)),
    default: 5,
    unit: 'milliseconds',
    description: 'how long to wait for more events before a transaction; less is sooner, more is cheaper',
  },
});

/** The store's file. */
export function databaseFile(settings: { database: string | null; dataDir: string }): string {
  return settings.database ?? join(settings.dataDir, 'bitten_events.db');
}
