import { dirname, join } from 'node:path';
import { type AppContext, ensurePrivateFolder, findRoot, openHealthPages } from '@bitten/runtime';
import { storeFile } from '@bitten/vitals';
import { AlertDesk } from './alerts/alert-desk.js';
import { BusAccess } from './bus/access.js';
import { commandFlags } from './bus/command-flags.js';
import { createApp } from './http/app.js';
import { serveHealth } from './http/health.js';
import { DashboardServer } from './http/server.js';
import { servePages } from './http/static.js';
import { readToken, TokenCheck } from './http/token.js';
import { Live } from './live/live.js';
import { dashboardFamilies, whyNotReady } from './metrics.js';
import { QueryPool } from './queries/pool.js';
import { routes } from './routes/index.js';
import type { Services } from './services.js';
import type { dashboardSettings } from './settings.js';

export interface DashboardOptions
  extends Pick<AppContext<typeof dashboardSettings>, 'settings' | 'log' | 'use' | 'signal'> {
  version: string;
  /** The folder of the built program: the workers and the pages are in it. */
  dist: URL;
}

/** Starts the dashboard's parts, to be stopped in reverse; when it resolves, pages are served. */
export async function startDashboard(options: DashboardOptions): Promise<DashboardServer> {
  const { settings, version, dist, log, use, signal } = options;
  const { dataDir, host, busPort, keyFile } = settings;
  await use({ name: 'data folder', start: () => ensurePrivateFolder(dataDir) });
  const bus = await use({
    name: 'bus client',
    start: () => new BusAccess({ host, port: busPort, keyFile }),
    stop: (opened) => opened.close(),
  });
  const queries = await use({
    name: 'queries',
    start: () =>
      new QueryPool({ file: join(dataDir, storeFile), script: new URL('./queries/worker.js', dist) }),
    stop: (opened) => opened.close(),
  });
  const alerts = await use({
    name: 'alerts',
    start: () => new AlertDesk({ dataDir }),
    stop: (opened) => opened.close(),
  });
  const live = await use({
    name: 'live',
    start: async () => {
      const made = new Live({ dataDir, bus, queries, askAlerts: async () => alerts.summary() });
      await made.start();
      return made;
    },
    stop: (started) => started.stop(),
  });
  let server: DashboardServer | undefined;
  const services: Services = {
    version,
    dataDir,
    place: { host, busPort, keyFile },
    flags: commandFlags({ host, busPort, keyFile, dataDir, root: findRoot(dirname(dist.pathname)) }),
    origin: () => `http://127.0.0.1:${server?.port ?? settings.httpPort}`,
    alerts,
    bus,
    queries,
    live,
    hub: live.hub,
    token: new TokenCheck(readToken(dataDir)),
    log,
    signal,
  };
  const health = await use({
    name: 'health',
    start: () =>
      openHealthPages({
        app: 'dashboard',
        version,
        families: dashboardFamilies,
        facts: () => {
          const now = live.sampler.last;
          return now === null ? null : { now, hub: live.hub.facts(), queries: queries.facts() };
        },
        notReady: () => whyNotReady(live.sampler.last, signal.aborted),
      }),
    stop: (opened) => opened.stop(),
  });
  const app = createApp(services, routes);
  serveHealth(app, health);
  servePages(app, new URL('./web/', dist));
  server = new DashboardServer(app);
  return use({
    name: 'pages',
    start: async () => {
      await server.listen(settings.httpPort);
      return server;
    },
    stop: (started) => started.close(),
  });
}
