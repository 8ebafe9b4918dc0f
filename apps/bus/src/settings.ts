import { defineSettings, sharedSettings } from '@bitten/runtime';
import * as v from 'valibot';

const { dataDir, host, pubPort, pullPort, busPort, logLevel, logFormat } = sharedSettings;

const bytes = v.pipe(v.number(), v.integer(), v.minValue(1024 * 1024));
const seconds = v.pipe(v.number(), v.minValue(1));

export const busSettings = defineSettings({
  dataDir,
  host,
  pubPort,
  pullPort,
  busPort,
  logLevel,
  logFormat,
  segmentBytes: {
    env: 'BITTEN_SEGMENT_BYTES',
    flag: '--segment-bytes',
    schema: bytes,
    default: 64 * 1024 * 1024,
    unit: 'bytes',
    description: 'size of a log segment; retention removes whole ones',
  },
  retentionBytes: {
    env: 'BITTEN_RETENTION_BYTES',
    flag: '--retention-bytes',
    schema: v.nullable(bytes),
    default: null,
    unit: 'bytes',
    description: 'remove the oldest segments above this size of the log; none keeps all',
  },
  retentionAge: {
    env: 'BITTEN_RETENTION_AGE',
    flag: '--retention-age',
    schema: v.nullable(seconds),
    default: null,
    unit: 'seconds',
    description: 'remove segments older than this, such as 30d; none keeps all',
  },
  heartbeat: {
    env: 'BITTEN_HEARTBEAT',
    flag: '--heartbeat',
    schema: seconds,
    default: 30,
    unit: 'seconds',
    description: 'how often the bus publishes its own system_health',
  },
});
