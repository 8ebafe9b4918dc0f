import { join } from 'node:path';
import { AlertBook } from '@bitten/notify';
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
import { openStore } from '@bitten/storage/store';
import { storeFile } from '@bitten/vitals';
import { Chains } from './chains.js';
import { Delivery } from './delivery.js';
import { type AlertsParts, startAlertsHealth } from './health.js';
import { LogWatch } from './log-watch.js';
import { openLink } from './open-link.js';
import { RuleSource } from './rule-source.js';
import { RulesInUse } from './rules-in-use.js';
import { alertsSettings } from './settings.js';
import { SystemFigures } from './system-figures.js';

const version = versionOf(import.meta.url);
const prune_ms = 3_600_000;
const vitalsTimeout_ms = 2_000;

let health: Health;
let source: RuleSource;

await runApp({
  name: 'alerts',
  summary: 'Holds events against rules, and tells whoever should know.',
  version,
  settings: alertsSettings,
  describe: () => ({ http: health.port, rules: source.file ?? 'the starter rules' }),
  start: async ({ settings, log, use, signal, fail }) => {
    const { dataDir, host, busPort, keyFile, dashboardUrl } = settings;
    await use({ name: 'data folder', start: () => ensurePrivateFolder(dataDir) });
    const closed = closeToOthers(dataDir);
    if (closed.length > 0) log.warn({ closed }, 'files that others could open have been closed to them');
    await use({
      name: 'lock',
      start: () => acquireLock({ dir: dataDir, role: 'alerts' }),
      stop: (lock) => lock.release(),
    });
    const starts = countStart(dataDir, 'alerts');
    const book = await use({
      name: 'book',
      start: () => new AlertBook({ dataDir }),
      stop: (opened) => {
        opened.tellStopped();
        opened.close();
      },
    });
    const chains = new Chains(join(dataDir, storeFile), (file) => openStore({ file, readonly: true }));
    const delivery = await use({
      name: 'delivery',
      start: () => new Delivery({ book, log, dashboardUrl, chainOf: chains.of }),
      stop: (started) => started.stop(),
    });
    const parts: AlertsParts = { book, recorded: 0 };
    source = new RuleSource({ file: settings.rules, env: process.env });
    const rules = await use({
      name: 'rules',
      start: () =>
        new RulesInUse({
          source,
          book,
          log,
          onChange: (changed) => {
            parts.watch?.change(changed);
            void delivery.change(changed.channels).catch(fail);
          },
        }),
      stop: (started) => started.stop(),
    });
    parts.rules = rules;
    health = await use({
      name: 'health',
      start: () => startAlertsHealth({ settings, version, log, starts, parts, source, signal }),
      stop: (started) => started.stop(),
    });
    await delivery.change(rules.now.channels);
    const figures = await use({
      name: 'figures',
      start: () =>
        new SystemFigures({
          place: { dataDir, host, busPort, keyFile, timeout: vitalsTimeout_ms },
          signal,
          onTrouble: (error) => log.warn({ err: error }, 'the system cannot be measured'),
        }),
      stop: (started) => started.stop(),
    });
    await use({
      name: 'prune',
      start: () => setInterval(() => prune(book, log), prune_ms),
      stop: (timer) => clearInterval(timer),
    });
    const watching = async () => {
      const watch = new LogWatch({
        openLink: () => openLink({ host, port: busPort, keyFile, log, signal }),
        book,
        rules: rules.now,
        takeFigures: () => figures.take(),
        onRecorded: (alerts) => {
          parts.recorded += alerts.length;
          delivery.wake();
        },
        onGap: ({ from, to }) => log.warn({ from, to }, 'events were removed before they were looked at'),
        onOtherLog: (found, expected) =>
          log.warn({ found, expected }, 'another log: what was remembered of the old one is left behind'),
        onTrouble: (error) => log.error({ err: error }, 'the book cannot be written: it is tried again'),
        signal,
      });
      parts.watch = watch;
      await watch.run();
    };
    const ended = watching().catch((error: unknown) => {
      if (!signal.aborted) fail(error);
    });
    // The first to stop: where it stands is written down while the book is open.
    await use({ name: 'watch', start: () => ({ ended }), stop: (started) => started.ended });
  },
});

/** What is kept too long does no harm until the next time. */
function prune(book: AlertBook, log: Logger): void {
  try {
    book.prune();
  } catch (error) {
    log.warn({ err: error }, 'what is over cannot be removed from the book');
  }
}
