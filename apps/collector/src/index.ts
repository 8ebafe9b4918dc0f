import { acquireLock, ensurePrivateFolder, type Logger, runApp, versionOf } from '@bitten/runtime';
import { openStore, type Store } from '@bitten/storage/store';
import { BusClient, type FetchReply, type LogName } from '@bitten/transport';

import { Follower } from './follower.js';
import { deadLettersOf, eventsOf } from './pages.js';
import { collectorSettings, databaseFile } from './settings.js';

const version = versionOf(import.meta.url);

await runApp({
  name: 'collector',
  summary: 'Follows the log of the bus into the SQLite store.',
  version,
  settings: collectorSettings,
  start: async ({ settings, log, use, signal, fail }) => {
    await use({ name: 'data folder', start: () => ensurePrivateFolder(settings.dataDir) });
    await use({
      name: 'lock',
      start: () => acquireLock({ dir: settings.dataDir, role: 'collector' }),
      stop: (lock) => lock.release(),
    });
    const file = databaseFile(settings);
    const store = await use({
      name: 'store',
      start: () => openStore({ file }),
      stop: (opened) => opened.close(),
    });
    const client = await use({
      name: 'bus client',
      start: () => new BusClient({ host: settings.host, port: settings.busPort, name: 'collector' }),
      stop: (opened) => opened.close(),
    });
    log.info({ file, next: store.cursor('events') }, 'store open');
    // The bus may come later: the collector is ready to follow, and says when it does.
    void followWhenThere({ client, store, log, signal, linger_ms: settings.linger, use }).catch((error) => {
      if (!signal.aborted) fail(error);
    });
  },
});

interface Following {
  client: BusClient;
  store: Store;
  log: Logger;
  signal: AbortSignal;
  linger_ms: number;
  use: (component: {
    name: string;
    start: () => Follower;
    stop: (f: Follower) => Promise<void>;
  }) => Promise<Follower>;
}

/** Makes sure that the store belongs to the bus's log before anything is read. Throws `ForeignLogError`. */
async function followWhenThere({ client, store, log, signal, linger_ms, use }: Following): Promise<void> {
  const hello = await untilAnswered(client, signal, log);
  store.bind(hello.log_id);
  const follow = (name: LogName, cursor: string, apply: (page: FetchReply) => void): Follower =>
    new Follower({
      client,
      log: name,
      cursor,
      linger_ms,
      position: () => store.cursor(name),
      apply,
      skip: (gap) => {
        log.error(
          { from: gap.from, to: gap.to, why: gap.why },
          'events are gone from the log before they were stored',
        );
        store.skip(name, gap);
      },
      onTrouble: (error) => log.warn({ log: name, err: error }, 'cannot follow for now'),
      onRecovered: () => log.info({ log: name }, 'following again'),
    });
  await use({
    name: 'events',
    start: () => follow('events', 'collector', (page) => store.applyEvents(eventsOf(page))),
    stop: (follower) => follower.stop(),
  });
  await use({
    name: 'dead letters',
    start: () =>
      follow('dead_letters', 'collector.dead_letters', (page) => store.applyDeadLetters(deadLettersOf(page))),
    stop: (follower) => follower.stop(),
  });
  log.info({ from: store.cursor('events'), end: hello.next }, 'following the bus');
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
