import { EventBridge } from '@bitten/bridge';
import { runApp, versionOf } from '@bitten/runtime';
import { Child } from './child.js';
import { runDemo } from './demo.js';
import { metricsAddresses } from './metrics-addresses.js';
import { devSettings } from './settings.js';
import { welcome } from './welcome.js';

/** Everything has to be gone two seconds after Ctrl-C; this leaves the children most of it. */
const stopDeadline_ms = 1_900;

await runApp({
  name: 'dev',
  command: 'pnpm dev',
  summary: 'Runs bus, collector, alerts and dashboard together, with readable logs, until Ctrl-C.',
  version: versionOf(import.meta.url),
  settings: devSettings,
  stop_deadline_ms: stopDeadline_ms,
  start: async ({ settings, use, signal, fail }) => {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      BITTEN_DATA_DIR: settings.dataDir,
      BITTEN_HOST: settings.host,
      BITTEN_PUB_PORT: String(settings.pubPort),
      BITTEN_PULL_PORT: String(settings.pullPort),
      BITTEN_BUS_PORT: String(settings.busPort),
      BITTEN_HTTP_PORT: String(settings.httpPort),
      BITTEN_DASHBOARD_URL: process.env.BITTEN_DASHBOARD_URL ?? `http://127.0.0.1:${settings.httpPort}`,
      BITTEN_CURVE: String(settings.curve),
      BITTEN_KEYS_DIR: settings.keysDir ?? 'none',
      BITTEN_KEY_FILE: settings.keyFile ?? 'none',
      BITTEN_LOG_LEVEL: settings.logLevel,
      BITTEN_LOG_FORMAT: settings.logFormat,
    };
    // The bus last of all to stop: what the others still have to say reaches it.
    for (const name of ['bus', 'collector', 'alerts', 'dashboard'] as const) {
      await use({
        name,
        start: () => Child.start({ name, env, onUnexpectedEnd: fail }),
        stop: (child) => child.stop(),
      });
    }
    if (settings.demo) {
      const bridge = await use({
        name: 'demo',
        start: () =>
          new EventBridge({
            host: settings.host,
            port: settings.busPort,
            keyFile: settings.keyFile,
            name: 'demo',
            spoolDir: `${settings.dataDir}/spool`,
          }),
        stop: (opened) => opened.close({ timeout_ms: 500 }),
      });
      void runDemo({ bridge, seed: settings.seed, rate_per_s: settings.rate, signal }).catch(fail);
    }
    process.stderr.write(`${welcome(settings, metricsAddresses(env))}\n`);
  },
});
