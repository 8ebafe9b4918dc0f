import { Broker, type Notices } from '@bitten/broker';
import { acquireLock, ensurePrivateFolder, type Logger, runApp, versionOf } from '@bitten/runtime';

import { busSettings } from './settings.js';

const version = versionOf(import.meta.url);
let broker: Broker;

await runApp({
  name: 'bus',
  summary: 'Takes events in, appends them to the log, acknowledges, broadcasts, serves readers.',
  version,
  settings: busSettings,
  describe: () => ({ ...broker.ports }),
  start: async ({ settings, log, use }) => {
    await use({ name: 'data folder', start: () => ensurePrivateFolder(settings.dataDir) });
    await use({
      name: 'lock',
      start: () => acquireLock({ dir: settings.dataDir, role: 'bus' }),
      stop: (lock) => lock.release(),
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
        });
        await broker.start();
        return broker;
      },
      stop: (started) => started.stop(),
    });
  },
});

function noticesTo(log: Logger): Notices {
  return {
    unavailable: (error) =>
      log.error({ err: error }, 'the log cannot be written: publishers keep their events'),
    available: () => log.info('the log can be written again'),
    retained: (events) => log.info({ events }, 'old segments removed'),
    problem: (error) => log.error({ err: error }, 'problem'),
  };
}
