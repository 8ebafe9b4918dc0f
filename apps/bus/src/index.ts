import { type AccessNotices, type AccessOptions, Broker, type Notices } from '@bitten/broker';
import {
  acquireLock,
  closeToOthers,
  countStart,
  ensurePrivateFolder,
  type Health,
  keysFolder,
  type Logger,
  runApp,
  type SettingValues,
  versionOf,
} from '@bitten/runtime';

import { startBusHealth } from './health.js';
import { hopDurations } from './metrics.js';
import { busSettings, checkBusSettings } from './settings.js';

const version = versionOf(import.meta.url);
let broker: Broker | undefined;
let health: Health;
let wantsKeys: boolean;

await runApp({
  name: 'bus',
  summary: 'Takes events in, appends them to the log, acknowledges, broadcasts, serves readers.',
  version,
  settings: busSettings,
  check: checkBusSettings,
  describe: () => ({ ...broker?.ports, http: health.port, curve: wantsKeys }),
  start: async ({ settings, log, use, signal }) => {
    wantsKeys = settings.curve;
    await use({ name: 'data folder', start: () => ensurePrivateFolder(settings.dataDir) });
    const closed = closeToOthers(settings.dataDir);
    if (closed.length > 0) log.warn({ closed }, 'files that others could open have been closed to them');
    await use({
      name: 'lock',
      start: () => acquireLock({ dir: settings.dataDir, role: 'bus' }),
      stop: (lock) => lock.release(),
    });
    const starts = countStart(settings.dataDir, 'bus');
    // Before the log is opened, which may take its time: who asks is told so.
    health = await use({
      name: 'health',
      start: () => startBusHealth({ settings, version, log, starts, broker: () => broker, signal }),
      stop: (started) => started.stop(),
    });
    await use({
      name: 'broker',
      start: async () => {
        broker = new Broker({
          dataDir: settings.dataDir,
          host: settings.host,
          ports: { pub: settings.pubPort, pull: settings.pullPort, bus: settings.busPort },
          segmentBytesMax: settings.segmentBytes,
          retention: { bytesMax: settings.retentionBytes, ageMax_s: settings.retentionAge },
          heartbeat_ms: settings.heartbeat * 1000,
          version,
          notices: noticesTo(log),
          access: accessOf(settings),
          noteHop: health.durations(hopDurations),
        });
        await broker.start();
        return broker;
      },
      stop: (started) => started.stop(),
    });
  },
});

function accessOf(settings: SettingValues<typeof busSettings>): AccessOptions {
  const { curve, connectionsMax, clientEventRate, clientByteRate, ingressEventRate } = settings;
  return {
    keysDir: curve ? keysFolder(settings) : null,
    connectionsMax,
    clientLimits: { events_per_s: clientEventRate, bytes_per_s: clientByteRate },
    ingressLimits: { events_per_s: ingressEventRate, bytes_per_s: null },
  };
}

function noticesTo(log: Logger): Notices & AccessNotices {
  return {
    unavailable: (error) =>
      log.error({ err: error }, 'the log cannot be written: publishers keep their events'),
    available: () => log.info('the log can be written again'),
    retained: (events) => log.info({ events }, 'old segments removed'),
    refused: ({ reason, door, address, publicKey, count }) =>
      log.warn({ reason, door, address, publicKey, count }, 'somebody was not let in'),
    keys: (count) => log.info({ count }, 'the list of keys that may come in has changed'),
    reopened: (door) => log.info({ door }, 'everybody was cut off: a key that was in use has been revoked'),
    problem: (error) => log.error({ err: error }, 'problem'),
  };
}
