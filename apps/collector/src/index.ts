import {
  acquireLock,
  closeToOthers,
  countStart,
  ensurePrivateFolder,
  type Health,
  type Logger,
  runApp,
  versionOf,
} from '@bitten/runtime';
import { BusClient, readClientKey } from '@bitten/transport';

import { type CollectorParts, startCollectorHealth } from './health.js';
import { applyDurations, lagDurations } from './metrics.js';
import { Progress } from './progress.js';
import { Projection } from './projection.js';
import { collectorSettings, databaseFile } from './settings.js';

const version = versionOf(import.meta.url);
let health: Health;

// From the first moment on: without somebody to hear it, the signal by which `bitten rebuild` hands over a store
// would end the process.
let onTake: () => void = () => {
  isTakeAsked = true;
};
let isTakeAsked = false;
process.on('SIGUSR2', () => onTake());

await runApp({
  name: 'collector',
  summary: 'Follows the log of the bus into the SQLite store.',
  version,
  settings: collectorSettings,
  describe: () => ({ http: health.port }),
  start: async ({ settings, log, use, signal, fail }) => {
    await use({ name: 'data folder', start: () => ensurePrivateFolder(settings.dataDir) });
    const closed = closeToOthers(settings.dataDir);
    if (closed.length > 0) log.warn({ closed }, 'files that others could open have been closed to them');
    await use({
      name: 'lock',
      start: () => acquireLock({ dir: settings.dataDir, role: 'collector' }),
      stop: (lock) => lock.release(),
    });
    const starts = countStart(settings.dataDir, 'collector');
    const parts: CollectorParts = {};
    health = await use({
      name: 'health',
      start: () => startCollectorHealth({ settings, version, log, starts, parts, signal }),
      stop: (started) => started.stop(),
    });
    const progress = new Progress({
      apply: health.durations(applyDurations),
      lag: health.durations(lagDurations),
    });
    parts.progress = progress;
    const file = databaseFile(settings);
    const client = await use({
      name: 'bus client',
      start: () => {
        const { host, busPort: port, keyFile } = settings;
        const key = keyFile === null ? undefined : readClientKey(keyFile);
        return new BusClient({ host, port, name: 'collector', key });
      },
      stop: (opened) => opened.close(),
    });
    const projection = await use({
      name: 'store',
      start: () =>
        new Projection({
          file,
          client,
          log,
          linger_ms: settings.linger,
          progress,
          onFailed: fail,
          retention: { age_s: settings.storeRetentionAge, bytes: settings.storeRetentionBytes },
        }),
      stop: (opened) => opened.stop(),
    });
    parts.projection = projection;
    log.info({ file, next: projection.position('events') }, 'store open');
    onTake = () => void projection.replace().catch(fail);
    if (isTakeAsked) onTake();
    // The bus may come later: the collector is ready to follow, and says when it does.
    void followWhenThere({ client, projection, log, signal }).catch((error) => {
      if (!signal.aborted) fail(error);
    });
  },
});

interface Following {
  client: BusClient;
  projection: Projection;
  log: Logger;
  signal: AbortSignal;
}

/** Makes sure that the store belongs to the bus's log before anything is read. Throws `ForeignLogError`. */
async function followWhenThere({ client, projection, log, signal }: Following): Promise<void> {
  const hello = await untilAnswered(client, signal, log);
  projection.follow(hello.log_id);
  log.info({ from: projection.position('events'), end: hello.next }, 'following the bus');
}

async function untilAnswered(client: BusClient, signal: AbortSignal, log: Logger) {
  for (let told = false; ; ) {
    try {
      await client.connected({ timeout_ms: 1_000 });
      return await client.hello();
    } catch (error) {
      if (signal.aborted) throw error;
      if (!told) log.info({ endpoint: client.endpoint }, 'waiting for the bus');
      told = true;
    }
  }
}
