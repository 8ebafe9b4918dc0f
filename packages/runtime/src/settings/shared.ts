import { join } from 'node:path';
import * as v from 'valibot';
import { type Definition, defineSettings, type Setting } from './declare.js';

/** A TCP port; 0 lets the system choose a free one. */
export const portSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

/** The settings that mean the same to every app. An app declares its own beside the ones of these it uses. */
export const sharedSettings = defineSettings({
  dataDir: {
    env: 'BITTEN_DATA_DIR',
    flag: '--data-dir',
    schema: v.pipe(v.string(), v.minLength(1)),
    default: (place) => join(place.root, 'data'),
    path: true,
    description: 'folder of the log, the store and the spools',
  },
  host: {
    env: 'BITTEN_HOST',
    flag: '--host',
    schema: v.pipe(v.string(), v.minLength(1)),
    default: '127.0.0.1',
    description: 'address the bus listens on',
  },
  pubPort: {
    env: 'BITTEN_PUB_PORT',
    flag: '--pub-port',
    schema: portSchema,
    default: 5570,
    description: 'port of the live feed',
  },
  pullPort: {
    env: 'BITTEN_PULL_PORT',
    flag: '--pull-port',
    schema: portSchema,
    default: 5571,
    description: 'port of the ingress without receipts',
  },
  busPort: {
    env: 'BITTEN_BUS_PORT',
    flag: '--bus-port',
    schema: portSchema,
    default: 5572,
    description: 'port of the bus protocol',
  },
  httpPort: {
    env: 'BITTEN_HTTP_PORT',
    flag: '--http-port',
    schema: portSchema,
    default: 5580,
    description: 'port of the dashboard',
  },
  curve: {
    env: 'BITTEN_CURVE',
    flag: '--curve',
    schema: v.boolean(),
    default: false,
    description: 'let in only who has a key that `bitten keys` has made; needed beyond this machine',
  },
  keysDir: {
    env: 'BITTEN_KEYS_DIR',
    flag: '--keys-dir',
    schema: v.nullable(v.pipe(v.string(), v.minLength(1))),
    default: null,
    path: true,
    description: "folder of the bus's keys and of who may come in; none is keys in the data folder",
  },
  keyFile: {
    env: 'BITTEN_KEY_FILE',
    flag: '--key-file',
    schema: v.nullable(v.pipe(v.string(), v.minLength(1))),
    default: null,
    path: true,
    description: 'file of the key shown to the bus; none for a bus that wants no keys',
  },
  logLevel: {
    env: 'BITTEN_LOG_LEVEL',
    flag: '--log-level',
    schema: v.picklist(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    description: 'least severity that is logged',
  },
  logFormat: {
    env: 'BITTEN_LOG_FORMAT',
    flag: '--log-format',
    schema: v.picklist(['auto', 'pretty', 'json']),
    default: 'auto',
    description: 'how log lines look; auto is pretty on a terminal and json elsewhere',
  },
});

/** The folder of keys. */
export function keysFolder(settings: { keysDir: string | null; dataDir: string }): string {
  return settings.keysDir ?? join(settings.dataDir, 'keys');
}

/** Whether a setting is the one all apps share, and not an app's own of the same name. */
export function isShared(name: string, setting: Setting | undefined): boolean {
  return setting !== undefined && setting.env === (sharedSettings as Definition)[name]?.env;
}

/** The port of each app's own metrics and health; in the settings file it is `httpPort` in the app's section. */
export const healthPorts = {
  bus: healthPort('BITTEN_BUS_HTTP_PORT', 5581),
  collector: healthPort('BITTEN_COLLECTOR_HTTP_PORT', 5582),
  alerts: healthPort('BITTEN_ALERTS_HTTP_PORT', 5583),
} as const;

function healthPort(env: `BITTEN_${string}`, port: number) {
  return {
    env,
    flag: '--http-port',
    schema: v.nullable(portSchema),
    default: port,
    description: 'port of /metrics, /healthz and /readyz, for this machine alone; none turns them off',
  } as const;
}
