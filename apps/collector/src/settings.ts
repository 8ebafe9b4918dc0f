import { join } from 'node:path';
import { defineSettings, healthPorts, sharedSettings } from '@bitten/runtime';
import * as v from 'valibot';

const { dataDir, host, busPort, keyFile, logLevel, logFormat } = sharedSettings;

export const collectorSettings = defineSettings({
  dataDir,
  host,
  busPort,
  keyFile,
  logLevel,
  logFormat,
  httpPort: healthPorts.collector,
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
  storeRetentionAge: {
    env: 'BITTEN_STORE_RETENTION_AGE',
    flag: '--store-retention-age',
    schema: v.nullable(v.pipe(v.number(), v.minValue(1))),
    default: null,
    unit: 'seconds',
    description: 'remove rows older than this from the store, such as 90d; none keeps all',
  },
  storeRetentionBytes: {
    env: 'BITTEN_STORE_RETENTION_BYTES',
    flag: '--store-retention-bytes',
    schema: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1024 * 1024))),
    default: null,
    unit: 'bytes',
    description: 'remove the oldest rows above this size of the database; none keeps all',
  },
});

/** The store's file. */
export function databaseFile(settings: { database: string | null; dataDir: string }): string {
  return settings.database ?? join(settings.dataDir, 'bitten_events.db');
}
