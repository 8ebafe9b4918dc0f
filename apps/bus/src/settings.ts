import { isLoopback } from '@bitten/broker';
import {
  defineSettings,
  healthPorts,
  SettingsError,
  type SettingValues,
  sharedSettings,
} from '@bitten/runtime';
import * as v from 'valibot';

const { dataDir, host, pubPort, pullPort, busPort, curve, keysDir, logLevel, logFormat } = sharedSettings;

const bytes = v.pipe(v.number(), v.integer(), v.minValue(1024 * 1024));
const rate = v.nullable(v.pipe(v.number(), v.minValue(1)));
const seconds = v.pipe(v.number(), v.minValue(1));

export const busSettings = defineSettings({
  dataDir,
  host,
  pubPort,
  pullPort,
  busPort,
  curve,
  keysDir,
  logLevel,
  logFormat,
  httpPort: healthPorts.bus,
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
  connectionsMax: {
    env: 'BITTEN_CONNECTIONS_MAX',
    flag: '--connections-max',
    schema: v.pipe(v.number(), v.integer(), v.minValue(1)),
    default: 1_000,
    description: 'connections at the same time, of each of the three ports',
  },
  clientEventRate: {
    env: 'BITTEN_CLIENT_EVENT_RATE',
    flag: '--client-event-rate',
    schema: rate,
    default: null,
    unit: 'events',
    description: 'events a second that one client may publish; none sets no limit',
  },
  clientByteRate: {
    env: 'BITTEN_CLIENT_BYTE_RATE',
    flag: '--client-byte-rate',
    schema: rate,
    default: null,
    unit: 'bytes',
    description: 'bytes a second that one client may publish; none sets no limit',
  },
  ingressEventRate: {
    env: 'BITTEN_INGRESS_EVENT_RATE',
    flag: '--ingress-event-rate',
    schema: rate,
    default: null,
    unit: 'events',
    description: 'events a second that all publishers without receipts may send together; none sets no limit',
  },
});

/** Throws `SettingsError` where the bus would listen beyond this machine for everybody. */
export function checkBusSettings({ host, curve }: SettingValues<typeof busSettings>): void {
  if (curve || isLoopback(host)) return;
  throw new SettingsError([
    {
      setting: 'host',
      source: 'environment',
      where: 'BITTEN_HOST (--host)',
      found: `"${host}", which others can reach`,
      expected: 'an address of this machine alone, such as 127.0.0.1, unless there are keys',
      remedy:
        'make keys: bitten keys init; a key for each client: bitten keys client NAME; then start with --curve',
    },
  ]);
}
